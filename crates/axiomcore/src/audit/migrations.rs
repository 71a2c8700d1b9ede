//! The tables of the audit.

use crate::store::Migration;

/// To be applied as component `audit`, after the service's own: a service that had a table `outbox` before the core did
/// keeps it.
///
/// - `outbox`: entries on their way into the chain.
/// - `audit_entries`: the chains. What erasing takes away may be null.
/// - `audit_chains`: where each chain ends (`seq`, `hash`), how far checkpoints cover it (`stated`), and the last entry that
///   is no longer kept (`after_seq`, `after_hash`).
/// - `audit_sequencer`: its one row is locked by whoever appends to the chains.
/// - `audit_checkpoints`: the checkpoints, each as the line that was signed.
/// - `audit_keys`: the key that they are signed with, sealed.
/// - `audit_holds`: workspaces of which nothing goes.
/// - `audit_senders`: its one row is the lease of the node that sends the record on; `audit_sent`: how far that has got.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "outbox, chains, checkpoints",
        sql: "CREATE TABLE IF NOT EXISTS outbox (id $SEQUENCE, workspace $INT NOT NULL, at $INT NOT NULL, \
          principal TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL) $STRICT;\n\
          CREATE TABLE audit_entries (workspace $INT NOT NULL, seq $INT NOT NULL, at $INT NOT NULL, action TEXT NOT NULL, \
          principal TEXT, subject TEXT, detail TEXT, salt $BYTES, commitment $BYTES NOT NULL, hash $BYTES NOT NULL, \
          PRIMARY KEY (workspace, seq)) $CLUSTERED;\n\
          CREATE INDEX audit_entries_by_time ON audit_entries (workspace, at);\n\
          CREATE INDEX audit_entries_by_principal ON audit_entries (workspace, principal);\n\
          CREATE INDEX audit_entries_by_subject ON audit_entries (workspace, subject);\n\
          CREATE TABLE audit_chains (workspace $INT NOT NULL PRIMARY KEY, seq $INT NOT NULL, hash $BYTES NOT NULL, \
          stated $INT NOT NULL, after_seq $INT NOT NULL, after_hash $BYTES NOT NULL) $STRICT;\n\
          CREATE TABLE audit_sequencer (id $INT NOT NULL PRIMARY KEY) $STRICT;\n\
          INSERT INTO audit_sequencer (id) VALUES (1);\n\
          CREATE TABLE audit_checkpoints (number $INT NOT NULL PRIMARY KEY, line TEXT NOT NULL) $STRICT;\n\
          CREATE TABLE audit_keys (id $INT NOT NULL PRIMARY KEY, sealed $BYTES NOT NULL) $STRICT;\n",
    },
    Migration {
        version: 2,
        name: "legal holds, sending on",
        sql: "CREATE TABLE audit_holds (workspace $INT NOT NULL PRIMARY KEY, reason TEXT NOT NULL, \
              principal TEXT NOT NULL, since $INT NOT NULL) $STRICT;\n\
              CREATE TABLE audit_senders (id $INT NOT NULL PRIMARY KEY, node TEXT NOT NULL, until $INT NOT NULL) $STRICT;\n\
              CREATE TABLE audit_sent (workspace $INT NOT NULL PRIMARY KEY, seq $INT NOT NULL) $STRICT;\n",
    },
];
