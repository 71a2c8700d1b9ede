//! A folder, best on another disk.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{Destination, DestinationError, Held};

/// What a file is called while it is written.
const UNFINISHED: &str = "unfinished";

/// A folder with backups.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// At this path. It is made when something is kept there, for its owner only.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn parent(&self, path: &Path) -> io::Result<PathBuf> {
        let parent = path.parent().unwrap_or(&self.0);
        DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        Ok(parent.to_owned())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let parent = self.parent(path)?;
        let new = path.with_added_extension(UNFINISHED);
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        File::open(parent)?.sync_all()
    }

    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.path(folder)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_file() && !name.ends_with(UNFINISHED) {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }
}

fn unusable(path: &Path) -> impl FnOnce(io::Error) -> DestinationError {
    let place = path.display().to_string();
    move |error| DestinationError::Unusable { place, cause: error.to_string() }
}

impl Destination for Folder {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), DestinationError> {
        let path = self.path(name);
        self.write(&path, bytes).map_err(unusable(&path))
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, DestinationError> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(&path)(error)),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, DestinationError> {
        self.names(folder).map_err(unusable(&self.path(folder)))
    }

    fn remove(&self, name: &str) -> Result<(), DestinationError> {
        let path = self.path(name);
        let removed = match fs::remove_file(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        removed.map_err(unusable(&path))?;
        // Gone only when the last of its files is.
        let _ = path.parent().filter(|parent| *parent != self.0).map(fs::remove_dir);
        Ok(())
    }

    fn hold(&self) -> Result<Held, DestinationError> {
        let path = self.path("lock");
        self.parent(&path).map_err(unusable(&path))?;
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(unusable(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(file)),
            Err(TryLockError::WouldBlock) => Err(DestinationError::Held(self.0.display().to_string())),
            Err(TryLockError::Error(error)) => Err(unusable(&path)(error)),
        }
    }
}
