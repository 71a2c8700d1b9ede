//! Certificates that the server gets by itself (ACME, RFC 8555): ordered, proved by HTTP-01, and renewed at two thirds of
//! their life.
//!
//! The account, the certificate and its key lie in the database, sealed, so that all nodes serve the same; a lease lets one
//! of them order at a time. The answers to the authority's questions lie there as well, so it may ask any node. What fails is
//! tried again with growing pauses, while the certificate that is there is served on.

mod authority;
mod connection;
mod lease;
mod migrations;
mod responder;
mod service;
mod store;

pub use migrations::MIGRATIONS;
pub use responder::responder;
pub use service::{Acme, AcmeParts};
pub use store::SEALED;

/// Why there is no new certificate.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// The database did not do what it was asked.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// What lies in the database cannot be opened, or nothing can be sealed.
    #[error("what is kept for ACME in the database: {0}")]
    Sealed(#[from] crate::sealing::SealError),
    /// The authority said no, or nothing.
    #[error("the authority at {0}: {1}")]
    Authority(String, instant_acme::Error),
    /// The authority does not want to be convinced in a way that is known here.
    #[error("the authority offers no HTTP-01 for {0}: order it by other means, into files")]
    NoChallenge(String),
    /// It did not believe that the name is ours.
    #[error(
        "the authority did not find that {0} is ours: {1}; see that port 80 of every name leads to tls.acme_listen of a node"
    )]
    NotOurs(String, String),
    /// A key or a request could not be made.
    #[error("a request for a certificate cannot be made: {0}")]
    Request(#[from] rcgen::Error),
    /// What it sent cannot be served.
    #[error("what the authority sent: {0}")]
    Certificate(#[from] super::CertificateError),
    /// The way to the authority cannot be set up.
    #[error(transparent)]
    Transport(#[from] super::TransportError),
}
