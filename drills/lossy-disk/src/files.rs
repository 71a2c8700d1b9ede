//! Which descriptors are of files that this disk holds.

use std::collections::BTreeMap;
use std::ffi::c_int;
use std::io::Result;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::overlay::Overlay;
use crate::real::{RealFile, status};
use crate::settings::settings;

/// More descriptors than any process here opens. A flag for each answers the common question (a socket, a pipe) at
/// once.
const MOST: usize = 1 << 16;
static HELD: [AtomicBool; MOST] = [const { AtomicBool::new(false) }; MOST];

/// What identifies a file: its device and its number there.
pub(crate) type Identity = (u64, u64);

/// A descriptor of a file that this disk holds.
#[derive(Clone)]
pub(crate) struct Held {
    overlay: Arc<Mutex<Overlay>>,
    pub(crate) appends: bool,
    /// Every write is synchronised (`O_SYNC`, `O_DSYNC`).
    pub(crate) synchronous: bool,
}

impl Held {
    pub(crate) fn overlay(&self) -> MutexGuard<'_, Overlay> {
        locked(&self.overlay)
    }
}

#[derive(Default)]
struct Files {
    /// A file that has been closed or removed is still here: the cache of a disk outlives descriptors, and our own
    /// descriptor keeps the number of a removed file from being given to another.
    overlays: BTreeMap<Identity, Arc<Mutex<Overlay>>>,
    held: BTreeMap<c_int, Held>,
}

static FILES: Mutex<Files> = Mutex::new(Files { overlays: BTreeMap::new(), held: BTreeMap::new() });

/// What is behind a descriptor, if this disk holds it.
pub(crate) fn held(fd: c_int) -> Option<Held> {
    is_held(fd).then(|| locked(&FILES).held.get(&fd).cloned()).flatten()
}

pub(crate) fn is_held(fd: c_int) -> bool {
    usize::try_from(fd).ok().and_then(|fd| HELD.get(fd)).is_some_and(|held| held.load(Ordering::Acquire))
}

/// Holds what was just opened, if it is a file of the folder; returns whether it is.
pub(crate) fn opened(fd: c_int, flags: c_int) -> Result<bool> {
    let Some(folder) = &settings().folder else { return Ok(false) };
    let status = status(fd)?;
    if status.st_mode & libc::S_IFMT != libc::S_IFREG {
        return Ok(false);
    }
    let path = std::fs::read_link(format!("/proc/self/fd/{fd}"))?;
    if !path.starts_with(folder) || path.as_os_str().as_bytes().ends_with(b"-shm") {
        return Ok(false);
    }
    let identity = (status.st_dev, status.st_ino);
    let mut files = locked(&FILES);
    let overlay = match files.overlays.get(&identity) {
        Some(overlay) => overlay.clone(),
        None => Arc::new(Mutex::new(Overlay::new(RealFile::again(fd)?)?)),
    };
    files.overlays.insert(identity, overlay.clone());
    if flags & libc::O_TRUNC != 0 {
        locked(&overlay).truncate(0);
    }
    let (appends, synchronous) = (flags & libc::O_APPEND != 0, flags & (libc::O_SYNC | libc::O_DSYNC) != 0);
    hold(&mut files, fd, Held { overlay, appends, synchronous });
    Ok(true)
}

fn hold(files: &mut Files, fd: c_int, held: Held) {
    let flag = usize::try_from(fd).ok().and_then(|fd| HELD.get(fd)).unwrap_or_else(|| std::process::abort());
    files.held.insert(fd, held);
    flag.store(true, Ordering::Release);
}

/// Makes `copy` a descriptor of the same file.
pub(crate) fn duplicated(fd: c_int, copy: c_int) {
    closed(copy);
    if let Some(held) = held(fd) {
        hold(&mut locked(&FILES), copy, held);
    }
}

/// Lets go of a descriptor; call it before the number can be given to somebody else.
pub(crate) fn closed(fd: c_int) {
    if is_held(fd) {
        let mut files = locked(&FILES);
        files.held.remove(&fd);
        if let Some(flag) = usize::try_from(fd).ok().and_then(|fd| HELD.get(fd)) {
            flag.store(false, Ordering::Release);
        }
    }
}

/// How large the process believes a file to be, if this disk holds it.
pub(crate) fn len(identity: Identity) -> Option<u64> {
    settings().folder.as_ref()?;
    let overlay = locked(&FILES).overlays.get(&identity).cloned()?;
    let len = locked(&overlay).len();
    Some(len)
}

/// A panic of ours ends the process (no call of the C library unwinds), so what the lock guards is always whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
