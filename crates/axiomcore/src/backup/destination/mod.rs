//! Where backups are kept: something that holds named pieces of bytes.

mod folder;
mod s3;

pub use folder::Folder;
pub use s3::{S3, S3Place};

use std::fmt;

/// A place that holds backups. Names are letters, digits, `-`, `.` and `/` between folders. All of it blocks.
pub trait Destination: fmt::Debug + Send + Sync {
    /// Keeps bytes under a name, in the place of what was there: all of them or, whatever happens, none.
    ///
    /// # Errors
    /// If the place cannot be written.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), DestinationError>;

    /// What is kept under a name.
    ///
    /// # Errors
    /// If the place cannot be read.
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, DestinationError>;

    /// The names within a folder, without it, in their order.
    ///
    /// # Errors
    /// If the place cannot be read.
    fn list(&self, folder: &str) -> Result<Vec<String>, DestinationError>;

    /// Removes what is kept under a name; it may be gone already.
    ///
    /// # Errors
    /// If the place cannot be written.
    fn remove(&self, name: &str) -> Result<(), DestinationError>;

    /// Keeps everybody else from changing the place until the answer is dropped.
    ///
    /// # Errors
    /// If somebody else holds it, or it cannot be written.
    fn hold(&self) -> Result<Held, DestinationError>;
}

/// A place that nobody else changes meanwhile.
pub type Held = Box<dyn fmt::Debug + Send>;

/// Why a place does not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DestinationError {
    /// It cannot be read or written.
    #[error("{place}: {cause}")]
    Unusable {
        /// Which place.
        place: String,
        /// What is said there.
        cause: String,
    },
    /// Somebody else is at it.
    #[error("another backup, verification or pruning is under way at {0}: wait for its end")]
    Held(String),
}
