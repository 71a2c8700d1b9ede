//! The tables of identity.

use crate::store::Migration;

/// To be applied as component `identity`.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "workspaces and credentials",
    sql: "CREATE TABLE workspaces (id $SEQUENCE, name TEXT NOT NULL UNIQUE, created_at $INT NOT NULL) $STRICT;\n\
          CREATE TABLE credentials (workspace $INT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, \
          kind TEXT NOT NULL, name TEXT NOT NULL, fingerprint $BYTES NOT NULL, permissions TEXT NOT NULL, \
          created_at $INT NOT NULL, created_by TEXT NOT NULL, expires_at $INT, revoked_at $INT, last_used_at $INT, \
          PRIMARY KEY (workspace, id)) $CLUSTERED;\n",
}];
