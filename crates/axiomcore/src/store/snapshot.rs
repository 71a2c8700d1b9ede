//! One state of the database as a stream, while others go on writing.
//!
//! SQLite's file and its log are copied as they are under an open read transaction: what is folded into the file meanwhile
//! is not newer than that transaction, and the log does not begin anew while somebody reads it. A page that is caught half
//! written is in the log as well. So the file with all whole commits of the log over it is one state, and no second copy
//! is needed on this disk, as SQLite's own ways (its backup interface, `VACUUM INTO`) would.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::wal::{self, Position};

/// The files of a SQLite database, held still.
#[derive(Debug)]
pub struct Snapshot<'f> {
    file: &'f File,
    log: PathBuf,
}

impl<'f> Snapshot<'f> {
    pub(super) fn new(file: &'f File, path: &Path) -> Self {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Self { file, log: log.into() }
    }

    /// The database's file, from its beginning. Copy it after the log.
    ///
    /// # Errors
    /// If its length cannot be told.
    pub fn file(&self) -> io::Result<impl Read + use<'f>> {
        Ok(Pages { file: self.file, at: 0, end: self.file.metadata()?.len() })
    }

    /// Copies all whole commits of the log. Says `None` if it began anew under the hand: then all of what was copied is in
    /// the file, the copy is worth nothing, and this is to be called again.
    ///
    /// # Errors
    /// If it cannot be read, or the copy not be written.
    pub fn log(&self, sink: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<Option<Copied>> {
        // Its locks are on another file, so it may be opened and closed.
        let log = match File::open(&self.log) {
            Ok(log) => log,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Some(Copied(None))),
            Err(error) => return Err(error),
        };
        let Some(position) = wal::copy(&log, None, sink)? else { return Ok(Some(Copied(None))) };
        Ok(position.is_of(&log)?.then_some(Copied(Some(position))))
    }
}

/// How far a log has been copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied(pub Option<Position>);

struct Pages<'f> {
    file: &'f File,
    at: u64,
    end: u64,
}

impl Read for Pages<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.file.read_at(buffer.get_mut(..room).unwrap_or_default(), self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
