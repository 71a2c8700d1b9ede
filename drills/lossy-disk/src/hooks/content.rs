//! What is in a file: reading, writing, its length, and bringing it to the disk.

#![expect(unsafe_code, reason = "calls of the C library, and buffers behind pointers")]

use std::ffi::{c_int, c_void};
use std::io::{Error, Result};

use super::{answer, taken_over};
use crate::files::{Held, held};
use crate::real::{SEEK, checked};
use crate::settings::settings;

taken_over! {
    fn [pread pread64](fd: c_int, buffer: *mut c_void, n: usize, offset: i64) -> isize, |behind| {
        let Some(file) = held(fd) else {
            // SAFETY: as the caller promises.
            return unsafe { behind(fd, buffer, n, offset) };
        };
        // SAFETY: the caller promises a buffer of that length.
        let buffer = unsafe { std::slice::from_raw_parts_mut(buffer.cast(), n) };
        answer(place(offset).and_then(|offset| fetch(&file, buffer, offset)))
    }

    fn [read](fd: c_int, buffer: *mut c_void, n: usize) -> isize, |behind| {
        let Some(file) = held(fd) else {
            // SAFETY: as the caller promises.
            return unsafe { behind(fd, buffer, n) };
        };
        // SAFETY: the caller promises a buffer of that length.
        let buffer = unsafe { std::slice::from_raw_parts_mut(buffer.cast(), n) };
        answer(position(fd).and_then(|offset| moved(fd, offset, fetch(&file, buffer, offset)?)))
    }

    fn [pwrite pwrite64](fd: c_int, data: *const c_void, n: usize, offset: i64) -> isize, |behind| {
        let Some(file) = held(fd) else {
            // SAFETY: as the caller promises.
            return unsafe { behind(fd, data, n, offset) };
        };
        // SAFETY: the caller promises data of that length.
        let data = unsafe { std::slice::from_raw_parts(data.cast(), n) };
        answer(place(offset).and_then(|offset| keep(&file, data, offset)))
    }

    fn [write](fd: c_int, data: *const c_void, n: usize) -> isize, |behind| {
        let Some(file) = held(fd) else {
            // SAFETY: as the caller promises.
            return unsafe { behind(fd, data, n) };
        };
        // SAFETY: the caller promises data of that length.
        let data = unsafe { std::slice::from_raw_parts(data.cast(), n) };
        let offset = if file.appends { Ok(file.overlay().len()) } else { position(fd) };
        answer(offset.and_then(|offset| moved(fd, offset, keep(&file, data, offset)?)))
    }

    fn [lseek lseek64](fd: c_int, offset: i64, from: c_int) -> i64, |behind| {
        match held(fd) {
            // SAFETY: takes numbers only.
            Some(file) if from == libc::SEEK_END => unsafe {
                behind(fd, file.overlay().len() as i64 + offset, libc::SEEK_SET)
            },
            // SAFETY: takes numbers only.
            _ => unsafe { behind(fd, offset, from) },
        }
    }

    fn [ftruncate ftruncate64](fd: c_int, len: i64) -> c_int, |behind| {
        let Some(file) = held(fd) else {
            // SAFETY: takes numbers only.
            return unsafe { behind(fd, len) };
        };
        answer(place(len).map(|len| file.overlay().truncate(len)).map(|()| 0))
    }

    fn [fsync fdatasync](fd: c_int) -> c_int, |behind| {
        let Some(file) = held(fd) else {
            // SAFETY: takes numbers only.
            return unsafe { behind(fd) };
        };
        answer(synchronise(&file).map(|()| 0))
    }
}

fn fetch(file: &Held, buffer: &mut [u8], offset: u64) -> Result<isize> {
    Ok(file.overlay().read_at(buffer, offset)? as isize)
}

fn keep(file: &Held, data: &[u8], offset: u64) -> Result<isize> {
    file.overlay().write_at(data, offset, || settings().leaks())?;
    if file.synchronous {
        synchronise(file)?;
    }
    Ok(data.len() as isize)
}

fn synchronise(file: &Held) -> Result<()> {
    if settings().lies { Ok(()) } else { file.overlay().sync() }
}

/// An offset or a length, none of which is negative.
fn place(offset: i64) -> Result<u64> {
    u64::try_from(offset).map_err(|_| Error::from_raw_os_error(libc::EINVAL))
}

/// Where the descriptor stands; the system keeps that, because copies of a descriptor share it.
fn position(fd: c_int) -> Result<u64> {
    // SAFETY: takes numbers only.
    place(checked(unsafe { (SEEK.get())(fd, 0, libc::SEEK_CUR) })?)
}

fn moved(fd: c_int, offset: u64, n: isize) -> Result<isize> {
    // SAFETY: takes numbers only.
    checked(unsafe { (SEEK.get())(fd, offset as i64 + n as i64, libc::SEEK_SET) })?;
    Ok(n)
}
