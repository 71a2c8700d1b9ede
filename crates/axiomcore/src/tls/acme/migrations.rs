//! The tables.

use crate::store::Migration;

/// To be applied as component `acme`.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "accounts, certificates and answers of ACME",
    sql: "CREATE TABLE acme_accounts (directory TEXT NOT NULL PRIMARY KEY, sealed $BYTES NOT NULL) $CLUSTERED;\n\
          CREATE TABLE acme_certificates (id TEXT NOT NULL PRIMARY KEY, sealed $BYTES, failures $INT NOT NULL, \
          not_before $INT NOT NULL, lease_until $INT NOT NULL) $CLUSTERED;\n\
          CREATE TABLE acme_challenges (token TEXT NOT NULL PRIMARY KEY, answer TEXT NOT NULL) $CLUSTERED;\n",
}];
