//! Backups: copies of an installation that are sealed, signed, and proved by restoring them.
//!
//! A backup is a signed [`Manifest`] and numbered chunks at a [`Destination`]: compressed (zstd), then sealed
//! (ChaCha20-Poly1305) under a key of its own that is derived from the [`Key`] of all backups, which is never in one. What
//! is sealed in the database stays sealed in there as well. The manifest of each backup names the one before, so that one
//! that was replaced by an older one is found.
//!
//! Of a SQLite database its files are copied as they are; of a server the rows of all its tables, out of one snapshot.
//!
//! Between two backups a [`Shipper`] ships what is committed in a SQLite database as it happens, so that an installation can
//! be restored as it was at any moment.
//!
//! A [`Vault`] makes, lists, verifies, restores and prunes them. To verify is to restore into a scratch folder and to let
//! the service prove ([`Proof`]) that what lies there is whole; only a backup that was verified is *good*, and the last good
//! one is never pruned.

mod chunks;
mod config;
mod create;
mod damage;
mod destination;
mod key;
mod line;
mod list;
mod manifest;
mod metrics;
mod prune;
mod restorable;
mod restore;
mod rows;
mod service;
mod shipping;
mod target;
mod tuples;
mod vault;
mod verify;

pub use config::Config;
pub use create::{Facts, Source};
pub use damage::Damage;
pub use destination::{Destination, DestinationError, Folder, Held, S3, S3Place};
pub use key::{Key, NoKey};
pub use list::{Kept, Listing};
pub use manifest::{AuditHead, Chunk, Column, Kind, Manifest, Part, Role, Verified};
pub use restorable::Restorable;
pub use restore::{RESTORING, Restored, is_unfinished};
pub use service::{BackupParts, Backups, Made, known};
pub use shipping::{Ended, OnLine, Shipper};
pub use vault::{BackupError, Vault};
pub use verify::{Proof, Proven, Verdict};
