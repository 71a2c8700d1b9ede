//! TLS: connections that nobody in between can read or change.
//!
//! - [`Transport`]: how a listener receives its connections: in the clear, or by a handshake with a certificate from files
//!   that may be replaced while it runs.
//! - [`Certificate`]: a chain with its key, checked before it is served.
//! - [`acme`]: certificates that the server gets by itself.
//! - [`client_config`]: how this program connects to others; with a certificate of its own where they ask for one;
//!   [`doubt`]: why it did not believe them.
//!
//! There is one provider of cryptography, ring, and it is passed by hand: nothing here depends on what the process has
//! installed as its default.

pub mod acme;
mod certificate;
mod client;
mod config;
mod crowd;
mod doubt;
mod handshake;
mod metrics;
mod provider;
mod reload;
mod served;
mod transport;
mod version;

pub use certificate::{Certificate, CertificateError};
pub(crate) use client::system;
pub use client::{Own, client_config, roots};
pub use config::Config;
pub use doubt::{Doubt, doubt};
pub use provider::provider;
pub use transport::{Transport, TransportError};
pub use version::Version;
