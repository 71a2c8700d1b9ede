//! Backups of an installation: the proof that a restored one is whole, and their HTTP. How they are made, kept and restored
//! is the core's.

mod proof;
pub(crate) mod routes;

use std::path::Path;

use axiomcore::backup::{Proven, Restorable};
use axiomcore::store::{Connection, Database, Result};

use crate::log::history;
use crate::server::schema;

/// What the platform knows about what is backed up.
#[derive(Debug)]
pub(crate) struct Installation;

impl Restorable for Installation {
    fn last(&self, connection: &mut dyn Connection) -> Result<u64> {
        history::newest(connection)
    }

    fn is_about_to_change(&self, database: &Database) -> Result<bool> {
        schema::is_about_to_change(database)
    }

    fn prove(&self, folder: &Path) -> std::result::Result<Proven, String> {
        proof::prove(folder)
    }
}
