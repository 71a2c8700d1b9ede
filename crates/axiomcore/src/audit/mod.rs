//! Who did what, and when: a record in which nothing can be changed, removed or added without being found.
//!
//! Whatever changes something writes an [`Entry`] in the transaction of the change: both are on disk, or neither is. Such
//! entries wait in the table `outbox`; within a second the sequencer moves them into `audit_entries`, a hash chain per
//! workspace. A link of the chain holds a salted commitment to its entry, so that an entry can be erased and the chain
//! still be verified.
//!
//! What the chain cannot show by itself (that it was cut, or computed anew as a whole) checkpoints show: signed statements
//! about where chains end, kept in the database and in an anchor file outside of it. [`verify_database`] and
//! [`verify_export`] hold all of it against each other.

mod anchor;
mod chain;
mod checkpoint;
mod checkpointing;
mod config;
mod erase;
mod export;
mod hold;
mod key;
mod log;
mod merkle;
mod metrics;
mod migrations;
mod officer;
mod outbox;
mod query;
mod refusals;
mod restate;
mod retention;
mod rotation;
mod sequencer;
mod service;
mod store;
mod syslog;
mod verify;

pub use chain::{BEGINNING, Content, Hash, Link};
pub use checkpoint::{Chain, LogRange, Statement};
pub use config::Config;
pub use erase::{Erase, Named};
pub use export::{ExportError, ExportFormat, Line, Product, export};
pub use hold::{Hold, hold};
pub use key::{NoKey, PublicKey};
pub use log::CommittedLog;
pub use migrations::MIGRATIONS;
pub use officer::Officer;
pub use outbox::Entry;
pub use query::{Filter, entries_after, entries_before};
pub use refusals::{Refusal, Refusals};
pub use rotation::rotate_key;
pub use sequencer::sequence;
pub use service::{Audit, AuditError, AuditParts, SEALED};
pub(crate) use store::heads;
pub use syslog::Protocol;
pub use verify::{Against, Fault, Finding, Place, Report, VerifyError, verify_database, verify_export};
