//! The parts of the schema, in the order in which one needs the other.

use axiomcore::store::{Database, Dialect, Migration, Result};
use axiomcore::tls::acme;
use axiomcore::{audit, identity};

use crate::log;

/// Each with the changes that this program knows.
pub(crate) const COMPONENTS: [(&str, &[Migration]); 5] = [
    ("identity", identity::MIGRATIONS),
    ("factors", identity::FACTOR_MIGRATIONS),
    ("freeagentics", log::MIGRATIONS),
    ("audit", audit::MIGRATIONS),
    ("acme", acme::MIGRATIONS),
];

/// Brings all of it up to this program; blocks.
pub(crate) fn migrate(database: &Database) -> Result<()> {
    COMPONENTS.iter().try_for_each(|(component, migrations)| database.migrate(component, migrations).map(|_| ()))
}

/// Whether this is a database of this program that [`migrate`] would change. A new one is none yet.
pub(crate) fn is_about_to_change(database: &Database) -> Result<bool> {
    let sql = match database.dialect() {
        Dialect::Sqlite => "SELECT 1 FROM sqlite_schema WHERE name = 'schema_versions'",
        Dialect::Postgres => {
            "SELECT 1 FROM pg_tables WHERE schemaname = current_schema AND tablename = 'schema_versions'"
        }
    };
    database.read_blocking(|connection| {
        if connection.query(sql, &[])?.is_empty() {
            return Ok(false);
        }
        for (component, migrations) in COMPONENTS {
            let sql = "SELECT COALESCE(MAX(version), 0) FROM schema_versions WHERE component = $1";
            let theirs = connection.query(sql, &[component.into()])?.first().map_or(Ok(0), |row| row.int(0))?;
            if migrations.last().is_some_and(|last| last.version > theirs) {
                return Ok(true);
            }
        }
        Ok(false)
    })
}
