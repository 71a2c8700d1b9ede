//! The calls of the C library that this library takes over, by their names there.
//!
//! Each asks first whether the descriptor is held; if not, what is behind is called with what was given, so that
//! everything outside of the folder is as it was.

mod content;
mod descriptors;
mod refused;
mod status;

use std::ffi::c_int;
use std::io::Result;

/// Takes over calls. Several names may share a body: `pread` and `pread64` are the same on 64-bit Linux. The body gets
/// what is behind as a function.
macro_rules! taken_over {
    ($(fn [$($name:ident)*] $arguments:tt -> $result:ty, |$behind:ident| $body:block)*) => {
        $($(taken_over!(@ $name $arguments -> $result, |$behind| $body);)*)*
    };
    (@ $name:ident ($($argument:ident: $type:ty),*) -> $result:ty, |$behind:ident| $body:block) => {
        /// # Safety
        /// As the manual page says.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($argument: $type),*) -> $result {
            crate::real::behind!(BEHIND = $name($($type),*) -> $result);
            let $behind = BEHIND.get();
            $body
        }
    };
}
use taken_over;

/// A result in the way of the C library: -1, and the reason in `errno`.
fn answer<N: From<i8>>(result: Result<N>) -> N {
    result.unwrap_or_else(|error| {
        fail(error.raw_os_error().unwrap_or(libc::EIO));
        N::from(-1)
    })
}

#[expect(unsafe_code, reason = "`errno` is a place in memory")]
fn fail(errno: c_int) {
    // SAFETY: the place belongs to this thread.
    unsafe { *libc::__errno_location() = errno }
}
