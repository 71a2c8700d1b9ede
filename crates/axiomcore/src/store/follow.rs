//! Following SQLite's log: every commit from a moment on, copied from the log before it begins anew.
//!
//! The log may begin anew only when nobody reads in it. So there is always an open read transaction, and the next one begins
//! before what was written meanwhile is copied and the last one ends: what the log loses was copied. (If all of the log was in
//! the file when a reader began, the log may begin anew behind it; but then there was nothing left to copy, and it cannot do
//! so twice.) That is also why it would never begin anew by itself: now and then writers are held for a moment, the rest is
//! copied, and the log is folded into the file while nobody reads it.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::database::lock;
use super::folding::Unhurried;
use super::sqlite::Sqlite;
use super::wal::{self, Position};
use super::{Error, Result};

/// Pages in the log after which it is to begin anew.
const LONG: u64 = 16_000;

/// How long writers are held for that at most.
const HELD: Duration = Duration::from_millis(50);

/// How long readers are waited for when following ends.
const PATIENCE: Duration = Duration::from_secs(2);

/// The file of a database while nothing is in its log. It is another one as soon as anything was written, by whomever, or
/// when it lies somewhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Still {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Still {
    /// How the file is now; nothing if there is something in its log.
    pub(super) fn of(path: &Path) -> io::Result<Option<Self>> {
        let log = match std::fs::metadata(log_of(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            log => log?.len(),
        };
        let still = |file: &Metadata| Self {
            device: file.dev(),
            inode: file.ino(),
            length: file.len(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        };
        Ok(if log == 0 { Some(still(&std::fs::metadata(path)?)) } else { None })
    }
}

/// The log beside a database.
fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Copies what is committed. While there is one, the log grows until [`copied`](Self::copied) is called.
pub struct Follower {
    /// The folding thread does not press meanwhile.
    _unhurried: Unhurried,
    path: PathBuf,
    writer: Arc<Mutex<Sqlite>>,
    held: Option<Sqlite>,
    position: Option<Position>,
}

impl Follower {
    pub(super) fn begin(unhurried: Unhurried, path: &Path, writer: Arc<Mutex<Sqlite>>) -> Result<Self> {
        let mut follower = Self { _unhurried: unhurried, path: path.to_owned(), writer, held: None, position: None };
        follower.held = Some(follower.reader()?);
        // What there is already is nobody's business.
        follower.copy(&mut Vec::new())?;
        Ok(follower)
    }

    /// What was committed since the last time, or since the beginning: no, one or two pieces, to be applied in their order.
    ///
    /// # Errors
    /// If the log cannot be read; what was committed then comes the next time.
    pub fn copied(&mut self) -> Result<Vec<Vec<u8>>> {
        let (fresh, mut pieces) = (self.reader()?, vec![Vec::new()]);
        if let Some(piece) = pieces.last_mut() {
            self.copy(piece)?;
        }
        self.held = Some(fresh);
        if self.position.as_ref().is_some_and(|position| position.frames() > LONG) {
            let mut rest = Vec::new();
            self.begin_log_anew(&mut rest)?;
            pieces.push(rest);
        }
        pieces.retain(|piece| !piece.is_empty());
        Ok(pieces)
    }

    /// Ends following: what was not copied yet, and how the file is with all of it in it, if nobody was reading. What is
    /// committed after that is in the log.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub fn end(mut self) -> Result<(Vec<u8>, Option<Still>)> {
        let mut rest = Vec::new();
        let writer = self.writer.clone();
        let mut writer = lock(&writer);
        self.copy(&mut rest)?;
        self.held = None;
        let is_folded = writer.end_log(PATIENCE).is_ok();
        let still = if is_folded { Still::of(&self.path).ok().flatten() } else { None };
        Ok((rest, still))
    }

    fn begin_log_anew(&mut self, rest: &mut Vec<u8>) -> Result<()> {
        // The most of it while others may still write.
        let mut connection = Sqlite::writer(&self.path)?;
        connection.fold_log()?;
        let writer = self.writer.clone();
        let _held = lock(&writer);
        self.copy(rest)?;
        self.held = None;
        let begun = connection.begin_log_anew(HELD);
        self.held = Some(self.reader()?);
        begun.map(|_| ())
    }

    fn copy(&mut self, piece: &mut Vec<u8>) -> Result<()> {
        let failed = |error: io::Error| Error::Unavailable(format!("the write-ahead log: {error}"));
        let log = match File::open(log_of(&self.path)) {
            Ok(log) => log,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        let length = piece.len();
        let copied = wal::copy(&log, self.position.as_ref(), &mut |bytes| {
            piece.extend_from_slice(bytes);
            Ok(())
        });
        match copied {
            Ok(position) => self.position = position.or(self.position.take()),
            Err(error) => {
                piece.truncate(length);
                return Err(failed(error));
            }
        }
        Ok(())
    }

    fn reader(&self) -> Result<Sqlite> {
        let mut reader = Sqlite::reader(&self.path)?;
        reader.batch("BEGIN; SELECT count(*) FROM sqlite_schema")?;
        Ok(reader)
    }
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Follower({})", self.path.display())
    }
}
