//! The calls as they are without us.

#![expect(unsafe_code, reason = "calls of the C library, found by their names")]

use std::ffi::{CString, c_int, c_void};
use std::io::{Error, ErrorKind, Result};
use std::marker::PhantomData;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

/// A call of the C library that this library takes over, as it is behind us. `F` is its type.
pub(crate) struct Behind<F> {
    /// Ends with a zero.
    name: &'static str,
    address: AtomicPtr<c_void>,
    call: PhantomData<F>,
}

impl<F: Copy> Behind<F> {
    /// # Safety
    /// `F` is the type, `unsafe extern "C" fn(…) -> …`, of what the C library has under this name, which ends with a
    /// zero.
    pub(crate) const unsafe fn new(name: &'static str) -> Self {
        Self { name, address: AtomicPtr::new(null_mut()), call: PhantomData }
    }

    pub(crate) fn get(&self) -> F {
        const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
        let mut address = self.address.load(Relaxed);
        if address.is_null() {
            // SAFETY: the name ends with a zero; which thread stores the address first makes no difference.
            address = unsafe { libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr().cast()) };
            assert!(!address.is_null(), "the C library has no {:?}", self.name);
            self.address.store(address, Relaxed);
        }
        // SAFETY: a function pointer is as large as a pointer, and `new` was promised that it is of this type.
        unsafe { std::mem::transmute_copy(&address) }
    }
}

/// Declares a call as it is behind us.
macro_rules! behind {
    ($constant:ident = $name:ident($($argument:ty),*) -> $result:ty) => {
        pub(crate) static $constant: crate::real::Behind<unsafe extern "C" fn($($argument),*) -> $result> =
            // SAFETY: the types are those of the manual page.
            unsafe { crate::real::Behind::new(concat!(stringify!($name), "\0")) };
    };
}
pub(crate) use behind;

behind!(OPEN = open64(*const libc::c_char, c_int, libc::mode_t) -> c_int);
behind!(READ_AT = pread64(c_int, *mut c_void, usize, i64) -> isize);
behind!(WRITE_AT = pwrite64(c_int, *const c_void, usize, i64) -> isize);
behind!(SET_LEN = ftruncate64(c_int, i64) -> c_int);
behind!(SYNC = fdatasync(c_int) -> c_int);
behind!(STATUS = fstat64(c_int, *mut libc::stat64) -> c_int);
behind!(CLOSE = close(c_int) -> c_int);
behind!(SEEK = lseek64(c_int, i64, c_int) -> i64);

/// A file that we opened for ourselves. It stays open for as long as the process lives, because closing any of the
/// descriptors of a file gives up the locks that the process holds on it.
pub(crate) struct RealFile(c_int);

impl RealFile {
    /// Opens the file of a descriptor once more, to write if that is allowed.
    pub(crate) fn again(fd: c_int) -> Result<Self> {
        let path = CString::new(format!("/proc/self/fd/{fd}"))?;
        // SAFETY: the path is a text that ends with a zero.
        let open = |flags| unsafe { (OPEN.get())(path.as_ptr(), flags | libc::O_CLOEXEC, 0) };
        let opened = match open(libc::O_RDWR) {
            -1 => open(libc::O_RDONLY),
            fd => fd,
        };
        checked(opened).map(Self)
    }

    pub(crate) fn len(&self) -> Result<u64> {
        Ok(status(self.0)?.st_size as u64)
    }

    pub(crate) fn read_exact_at(&self, mut buffer: &mut [u8], mut offset: u64) -> Result<()> {
        while !buffer.is_empty() {
            // SAFETY: the buffer is ours and as long as said.
            let n = unsafe { (READ_AT.get())(self.0, buffer.as_mut_ptr().cast(), buffer.len(), offset as i64) };
            match checked(n)? as usize {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                n => (buffer, offset) = (&mut buffer[n..], offset + n as u64),
            }
        }
        Ok(())
    }

    pub(crate) fn write_all_at(&self, mut data: &[u8], mut offset: u64) -> Result<()> {
        while !data.is_empty() {
            // SAFETY: the data is ours and as long as said.
            let n = unsafe { (WRITE_AT.get())(self.0, data.as_ptr().cast(), data.len(), offset as i64) };
            let n = checked(n)? as usize;
            (data, offset) = (&data[n..], offset + n as u64);
        }
        Ok(())
    }

    pub(crate) fn set_len(&self, len: u64) -> Result<()> {
        // SAFETY: takes numbers only.
        checked(unsafe { (SET_LEN.get())(self.0, len as i64) }).map(drop)
    }

    pub(crate) fn sync(&self) -> Result<()> {
        // SAFETY: takes numbers only.
        checked(unsafe { (SYNC.get())(self.0) }).map(drop)
    }
}

/// What the real file of a descriptor is.
pub(crate) fn status(fd: c_int) -> Result<libc::stat64> {
    // SAFETY: plain numbers, for which zero is a value.
    let mut status = unsafe { std::mem::zeroed() };
    // SAFETY: the place is ours.
    checked(unsafe { (STATUS.get())(fd, &raw mut status) }).map(|_| status)
}

/// The outcome of a call, which says -1 when it failed and then leaves the reason in `errno`.
pub(crate) fn checked<N: Copy + PartialEq + From<i8>>(result: N) -> Result<N> {
    if result == N::from(-1) { Err(Error::last_os_error()) } else { Ok(result) }
}
