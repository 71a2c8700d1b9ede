//! Why a service does not start.

use std::path::PathBuf;

use crate::lifecycle::DataFolderError;
use crate::{audit, backup, entropy, http, identity, redis, sealing, store, tls};

/// Why a service does not start.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub enum ServiceError {
    /// The data folder cannot be used.
    Folder(#[from] DataFolderError),
    /// The database failed.
    Store(#[from] store::Error),
    /// The administrator's key cannot be taken from its file.
    Bootstrap(#[from] identity::BootstrapError),
    /// Secrets cannot be sealed.
    Sealing(#[from] sealing::KeyError),
    /// The record cannot go on.
    Audit(#[from] audit::AuditError),
    /// The backup key is none.
    BackupKey(#[from] backup::NoKey),
    /// There is no backup of what is to be changed.
    #[error("the schema is to change, and no backup could be made before: {0}")]
    Backup(#[from] backup::BackupError),
    /// Half of an installation lies there.
    #[error("in {0} a restore was begun and not finished")]
    Unfinished(PathBuf),
    /// What is said of Redis cannot be.
    Redis(#[from] redis::OpenError),
    /// There is no randomness.
    Entropy(#[from] entropy::Unavailable),
    /// An address cannot be listened on.
    Server(#[from] http::ServerError),
    /// The certificate cannot be served.
    Transport(#[from] tls::TransportError),
    /// There are no threads, or no signals.
    Threads(#[from] std::io::Error),
}
