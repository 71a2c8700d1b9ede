//! The folder with a service's data, used by one process at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A folder that this process has to itself until this is dropped.
///
/// The lock is the operating system's, on an open file, so it ends with the process however that ends.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// Another process has it.
    #[error("{path} is in use by process {holder}: stop that one first, or use another folder")]
    InUse {
        /// The folder.
        path: PathBuf,
        /// The process, as it wrote itself into the lock file.
        holder: String,
    },
    /// It cannot be made or written.
    #[error("{0} cannot be used: {1}")]
    Unusable(PathBuf, std::io::Error),
}

impl DataFolder {
    /// Makes the folder if there is none (for its owner only) and locks it.
    ///
    /// # Errors
    /// If another process has it, or it cannot be written.
    pub fn lock(path: &Path) -> Result<Self, DataFolderError> {
        let unusable = |error| DataFolderError::Unusable(path.to_owned(), error);
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(unusable)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(path.join("lock")).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only for the message; a process that has locked and not yet written is unknown.
                let _ = file.read_to_string(&mut holder);
                let holder = if holder.trim().is_empty() { "unknown".into() } else { holder.trim().to_owned() };
                return Err(DataFolderError::InUse { path: path.to_owned(), holder });
            }
        }
        let written =
            file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
        written.map_err(unusable)?;
        Ok(Self { path: path.to_owned(), _lock: file })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
