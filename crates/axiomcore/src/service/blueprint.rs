//! What a product says of itself.

use std::sync::Arc;

use crate::audit::{CommittedLog, Product};
use crate::backup::Restorable;
use crate::identity::{Permission, Role};
use crate::store::Migration;

/// The audit's checkpoints, in the data folder unless `audit.anchor_file` says otherwise.
pub const ANCHOR_FILE: &str = "audit-anchor.jsonl";

/// What a product says of itself.
#[derive(Clone, Debug)]
pub struct Blueprint {
    /// What people call it, and its version.
    pub product: Product,
    /// What its API keys begin with, so that they are recognised.
    pub key_prefix: &'static str,
    /// The SQLite database, in the data folder.
    pub database_file: &'static str,
    /// Its own tables: what their history is called, and how they came to be.
    pub tables: (&'static str, &'static [Migration]),
    /// Tables of all permissions that there are.
    pub permissions: &'static [&'static [Permission]],
    /// The roles that are always there.
    pub roles: &'static [Role],
    /// Its own log, if checkpoints of the audit are to cover it.
    pub log: Option<Arc<dyn CommittedLog>>,
    /// How what comes out of a backup is proved, if there are to be backups.
    pub restorable: Option<Arc<dyn Restorable>>,
}
