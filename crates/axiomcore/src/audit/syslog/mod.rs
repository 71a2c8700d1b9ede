//! The record, sent on to a SIEM as it grows: syslog (RFC 5424) over TCP, TLS (RFC 5425) or UDP, with CEF or OCSF in it.
//!
//! Where it has got to in each chain is kept in the database. Syslog acknowledges nothing, so an entry counts as delivered
//! when the connection has held for a while after it; when a connection breaks, all that does not count yet is sent again.
//! So an entry may arrive twice, and none is left out. Of several nodes one sends, the one that has the lease. The chains
//! wait for nothing of this: it reads what they hold, a page at a time, and when the receiver is slow it only falls behind.

mod frame;
mod lease;
mod line;
mod sending;

use std::path::PathBuf;

pub use line::Protocol;
pub(super) use sending::Sender;

use super::export::{ExportFormat, Product};

/// Where the record is sent, and how.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// `host:port`.
    pub(super) address: String,
    pub(super) protocol: Protocol,
    /// The authorities that are believed, instead of the system's.
    pub(super) ca: Option<PathBuf>,
    pub(super) format: ExportFormat,
    pub(super) product: Product,
}
