//! Backups of an installation: the proof that a restored one is whole, and their HTTP. How they are made, kept and restored
//! is the core's.

mod proof;
pub(crate) mod routes;

use std::path::Path;

use axiomcore::backup::{Proven, Restorable};
use axiomcore::store::{Connection, Database, Dialect, Migration, Result};

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

    fn components(&self) -> &'static [(&'static str, &'static [Migration])] {
        &schema::COMPONENTS
    }

    /// A server's heads are all written; in a file that has to be said.
    fn arrived(&self, connection: &mut dyn Connection) -> Result<()> {
        if connection.dialect() == Dialect::Sqlite {
            let newest = history::newest(connection)?;
            let sql = "UPDATE counters SET value = $1 WHERE name = 'heads_complete'";
            connection.execute(sql, &[(newest as i64).into()])?;
        }
        Ok(())
    }

    fn prove(&self, folder: &Path) -> std::result::Result<Proven, String> {
        proof::prove(folder)
    }
}
