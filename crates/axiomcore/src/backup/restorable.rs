//! What a service knows about what is backed up.

use std::fmt;
use std::path::Path;

use super::Proven;
use crate::store::{self, Connection, Database, Migration};

/// What a service knows about what is backed up.
pub trait Restorable: fmt::Debug + Send + Sync + 'static {
    /// The last row of its own log.
    ///
    /// # Errors
    /// What the database says.
    fn last(&self, connection: &mut dyn Connection) -> store::Result<u64>;

    /// Whether the schema of the database is about to change, and is not that of a new one; blocks.
    ///
    /// # Errors
    /// What the database says.
    fn is_about_to_change(&self, database: &Database) -> store::Result<bool>;

    /// The parts of its schema, in the order in which one needs the other, with the changes that this program knows.
    fn components(&self) -> &'static [(&'static str, &'static [Migration])];

    /// Looks after rows that have come from a server, before they are committed where they are now.
    ///
    /// # Errors
    /// What the database says.
    fn arrived(&self, connection: &mut dyn Connection) -> store::Result<()> {
        let _ = connection;
        Ok(())
    }

    /// Proves that what was restored into this folder is whole; blocks.
    ///
    /// # Errors
    /// If it cannot be read at all.
    fn prove(&self, folder: &Path) -> Result<Proven, String>;
}
