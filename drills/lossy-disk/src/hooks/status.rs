//! How large a file is.

#![expect(unsafe_code, reason = "calls of the C library, which answer into places behind pointers")]

use std::ffi::{c_char, c_int, c_uint};

use super::taken_over;
use crate::files;

taken_over! {
    fn [fstat fstat64](fd: c_int, status: *mut libc::stat64) -> c_int, |behind| {
        // SAFETY: as the caller promises.
        unsafe { sized(behind(fd, status), status) }
    }

    fn [stat stat64 lstat lstat64](path: *const c_char, status: *mut libc::stat64) -> c_int, |behind| {
        // SAFETY: as the caller promises.
        unsafe { sized(behind(path, status), status) }
    }

    fn [fstatat fstatat64](folder: c_int, path: *const c_char, status: *mut libc::stat64, flags: c_int) -> c_int, |behind| {
        // SAFETY: as the caller promises.
        unsafe { sized(behind(folder, path, status, flags), status) }
    }

    fn [statx](folder: c_int, path: *const c_char, flags: c_int, mask: c_uint, status: *mut libc::statx) -> c_int, |behind| {
        // SAFETY: as the caller promises.
        let result = unsafe { behind(folder, path, flags, mask, status) };
        // SAFETY: the call filled the place when it succeeded; callers that only ask whether it is there may pass none.
        if let (0, Some(status)) = (result, unsafe { status.as_mut() }) {
            let device = libc::makedev(status.stx_dev_major, status.stx_dev_minor);
            status.stx_size = files::len((device, status.stx_ino)).unwrap_or(status.stx_size);
        }
        result
    }
}

/// # Safety
/// If the result is 0, the place was filled.
unsafe fn sized(result: c_int, status: *mut libc::stat64) -> c_int {
    // SAFETY: as promised.
    if let (0, Some(status)) = (result, unsafe { status.as_mut() }) {
        status.st_size = files::len((status.st_dev, status.st_ino)).map_or(status.st_size, |len| len as i64);
    }
    result
}
