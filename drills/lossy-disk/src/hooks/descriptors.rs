//! Descriptors come and go.

#![expect(unsafe_code, reason = "calls of the C library")]

use std::ffi::{c_char, c_int};

use super::{fail, taken_over};
use crate::files;
use crate::real::{CLOSE, SET_LEN};
use crate::settings::settings;

// `open` and `fcntl` take a varying number of arguments. Those that are integers are passed in the same registers
// however many there are, so a declaration with all of them receives what there is.
taken_over! {
    fn [open open64](path: *const c_char, flags: c_int, mode: libc::mode_t) -> c_int, |behind| {
        // SAFETY: as the caller promises.
        after_open(unsafe { behind(path, without_truncation(flags), mode) }, flags)
    }

    fn [openat openat64](folder: c_int, path: *const c_char, flags: c_int, mode: libc::mode_t) -> c_int, |behind| {
        // SAFETY: as the caller promises.
        after_open(unsafe { behind(folder, path, without_truncation(flags), mode) }, flags)
    }

    fn [close](fd: c_int) -> c_int, |behind| {
        files::closed(fd);
        // SAFETY: as the caller promises.
        unsafe { behind(fd) }
    }

    fn [dup](fd: c_int) -> c_int, |behind| {
        // SAFETY: as the caller promises.
        after_copy(fd, unsafe { behind(fd) })
    }

    fn [dup2](fd: c_int, copy: c_int) -> c_int, |behind| {
        // SAFETY: as the caller promises.
        after_copy(fd, unsafe { behind(fd, copy) })
    }

    fn [dup3](fd: c_int, copy: c_int, flags: c_int) -> c_int, |behind| {
        // SAFETY: as the caller promises.
        after_copy(fd, unsafe { behind(fd, copy, flags) })
    }

    fn [fcntl fcntl64](fd: c_int, command: c_int, argument: usize) -> c_int, |behind| {
        // SAFETY: as the caller promises.
        let result = unsafe { behind(fd, command, argument) };
        if matches!(command, libc::F_DUPFD | libc::F_DUPFD_CLOEXEC) { after_copy(fd, result) } else { result }
    }
}

/// A truncation is a write, so it waits in memory, too.
fn without_truncation(flags: c_int) -> c_int {
    if settings().folder.is_some() { flags & !libc::O_TRUNC } else { flags }
}

fn after_open(fd: c_int, flags: c_int) -> c_int {
    if fd == -1 || settings().folder.is_none() {
        return fd;
    }
    match files::opened(fd, flags) {
        Ok(true) => fd,
        Ok(false) => {
            if flags & libc::O_TRUNC != 0 {
                // SAFETY: takes numbers only. It fails for what has no length, for which `O_TRUNC` means nothing.
                unsafe { (SET_LEN.get())(fd, 0) };
            }
            fd
        }
        Err(error) => {
            // SAFETY: the descriptor is ours, nobody has seen it.
            unsafe { (CLOSE.get())(fd) };
            fail(error.raw_os_error().unwrap_or(libc::EIO));
            -1
        }
    }
}

fn after_copy(fd: c_int, copy: c_int) -> c_int {
    if copy != -1 && copy != fd {
        files::duplicated(fd, copy);
    }
    copy
}
