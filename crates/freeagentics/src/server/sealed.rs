//! Everything in the database that is sealed, so that it can be sealed anew: each part of the service says what is its own.

use axiomcore::sealing::SealedColumn;
use axiomcore::tls::acme;
use axiomcore::{audit, identity};

/// All tables of them.
const TABLES: &[&[SealedColumn]] = &[
    audit::SEALED,
    identity::ATTEMPTS_SEALED,
    identity::FACTORS_SEALED,
    identity::MAIL_SEALED,
    identity::TOKENS_SEALED,
    acme::SEALED,
];

/// Every column that holds what is sealed.
pub(crate) fn columns() -> impl Iterator<Item = &'static SealedColumn> {
    TABLES.iter().copied().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::columns;
    use crate::server::generated::started;

    /// Columns of the database whose name says that what is in them is sealed.
    fn named(database: &axiomcore::store::Database) -> BTreeSet<String> {
        let sql = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c \
                   WHERE m.type = 'table' AND c.name IN ('sealed', 'secret', 'private')";
        let rows = database.read_blocking(|connection| connection.query(sql, &[])).unwrap();
        rows.into_iter().map(|mut row| format!("{}.{}", row.text(0).unwrap(), row.text(1).unwrap())).collect()
    }

    #[test]
    fn every_column_that_is_sealed_is_listed() {
        let (_folder, _settings, started) = started();
        let listed = columns().map(|column| format!("{}.{}", column.table, column.column)).collect();
        assert_eq!(named(&started.platform.database), listed, "a key that is rotated would be needed for ever");
    }
}
