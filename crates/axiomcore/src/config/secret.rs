//! Values that must not be seen.

use std::fmt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Raw, Setting};

/// A value that shows itself only to who asks for it by [`expose`](Self::expose): logs, dumps and answers get `***`.
#[derive(Clone, Default)]
pub struct Secret<T> {
    value: T,
    /// Where it can be read again, if it came from a file.
    file: Option<Arc<Path>>,
}

impl<T> Secret<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Self { value, file: None }
    }

    /// The value itself.
    pub const fn expose(&self) -> &T {
        &self.value
    }
}

/// Secrets are the same when they say the same, wherever they come from.
impl<T: PartialEq> PartialEq for Secret<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Secret<T> {}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T> serde::Serialize for Secret<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

impl Setting for Secret<String> {
    const FORM: &'static str = "a secret text; better the same key with _file at its end and a path to the text";
    const SECRET: bool = true;

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Secret(secret) => Some(secret.clone()),
            raw => String::read(raw).map(Self::new),
        }
    }

    fn show(&self) -> String {
        "\"***\"".into()
    }
}

/// Why a file is not taken for a secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// It cannot be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// Everybody on the machine can read it.
    #[error("{0} can be read by everybody on this machine; take that away with `chmod o-rwx {0}`")]
    Public(PathBuf),
    /// There is nothing in it.
    #[error("{0} is empty")]
    Empty(PathBuf),
}

impl Secret<String> {
    /// Reads a secret from a file that not everybody can read; a line end after it is no part of it.
    ///
    /// # Errors
    /// If the file cannot be read, is public or empty.
    pub fn from_file(path: &Path) -> Result<Self, SecretFileError> {
        let unreadable = |error| SecretFileError::Unreadable(path.to_owned(), error);
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if metadata.mode() & 0o007 != 0 {
            return Err(SecretFileError::Public(path.to_owned()));
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let text = text.trim_end_matches(['\n', '\r']);
        if text.is_empty() {
            return Err(SecretFileError::Empty(path.to_owned()));
        }
        Ok(Self { value: text.to_owned(), file: Some(path.into()) })
    }

    /// What its file says by now, if it came from one and that says something else: secrets are replaced while a service
    /// runs.
    ///
    /// # Errors
    /// As [`from_file`](Self::from_file).
    pub fn renewed(&self) -> Result<Option<Self>, SecretFileError> {
        let now = self.file.as_deref().map(Self::from_file).transpose()?;
        Ok(now.filter(|now| now != self))
    }
}
