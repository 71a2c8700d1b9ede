//! Why a service does not start.

use crate::lifecycle::DataFolderError;
use crate::{audit, entropy, http, identity, redis, sealing, store, tls};

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
