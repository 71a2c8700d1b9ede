//! What would go past the memory of this disk is refused for the files that it holds, rather than done wrongly.

#![expect(unsafe_code, reason = "calls of the C library")]

use std::ffi::{c_int, c_uint, c_void};

use libc::iovec;

use super::{fail, taken_over};
use crate::files::is_held;

/// Refuses calls when one of their descriptors is held.
macro_rules! refused {
    ($(fn $names:tt ($($argument:ident: $type:ty),*) -> $result:ty, of $fds:tt;)*) => {
        $(taken_over! {
            fn $names($($argument: $type),*) -> $result, |behind| {
                if $fds.into_iter().any(is_held) {
                    fail(libc::EOPNOTSUPP);
                    return -1_isize as $result;
                }
                // SAFETY: as the caller promises.
                unsafe { behind($($argument),*) }
            }
        })*
    };
}

refused! {
    fn [mmap mmap64](at: *mut c_void, n: usize, may: c_int, flags: c_int, fd: c_int, offset: i64) -> *mut c_void, of [fd];
    fn [readv writev](fd: c_int, parts: *const iovec, n: c_int) -> isize, of [fd];
    fn [preadv preadv64 pwritev pwritev64](fd: c_int, parts: *const iovec, n: c_int, offset: i64) -> isize, of [fd];
    fn [fallocate fallocate64](fd: c_int, mode: c_int, offset: i64, n: i64) -> c_int, of [fd];
    fn [sendfile sendfile64](to: c_int, from: c_int, offset: *mut i64, n: usize) -> isize, of [from, to];
    fn [copy_file_range splice](
        from: c_int, from_offset: *mut i64, to: c_int, to_offset: *mut i64, n: usize, flags: c_uint
    ) -> isize, of [from, to];
}
