//! The tables of the platform.

use axiomcore::store::Migration;

/// To be applied as component `freeagentics`, after identity, whose workspaces they refer to.
///
/// - `models`: immutable versions. `key` names one within the database, for rows that refer to it.
/// - `agents`: who there is. `deleted_at` marks a tombstone: its name is not free again.
/// - `agent_labels`: one row per label, `name=value`, to find agents by.
/// - `events`: the log. No index but `seq`.
/// - `heads`: the last event of an agent; on SQLite only up to `heads_complete` (see `log::heads`).
/// - `counters`: the last key given out; how far `heads` goes.
/// - `outbox`: every mutation that is no step, written in the mutation's own transaction; `axiomcore::audit` adopts it.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "models, agents, events, outbox",
    sql: "CREATE TABLE models (workspace $INT NOT NULL REFERENCES workspaces (id), name TEXT NOT NULL, \
          version $INT NOT NULL, key $INT NOT NULL, digest TEXT NOT NULL, options_digest TEXT NOT NULL, \
          format TEXT NOT NULL, document TEXT NOT NULL, description TEXT, created_at $INT NOT NULL, \
          created_by TEXT NOT NULL, PRIMARY KEY (workspace, name, version)) $CLUSTERED;\n\
          CREATE UNIQUE INDEX models_by_key ON models (workspace, key);\n\
          CREATE TABLE agents (workspace $INT NOT NULL REFERENCES workspaces (id), name TEXT NOT NULL, \
          key $INT NOT NULL, model $INT NOT NULL, seed $INT NOT NULL, salt $BYTES NOT NULL, labels TEXT NOT NULL, \
          created_at $INT NOT NULL, created_by TEXT NOT NULL, deleted_at $INT, PRIMARY KEY (workspace, name)) $CLUSTERED;\n\
          CREATE UNIQUE INDEX agents_by_key ON agents (workspace, key);\n\
          CREATE TABLE agent_labels (workspace $INT NOT NULL, label TEXT NOT NULL, agent TEXT NOT NULL, \
          PRIMARY KEY (workspace, label, agent)) $CLUSTERED;\n\
          CREATE TABLE events (seq $SEQUENCE, workspace $INT NOT NULL, agent $INT NOT NULL, revision $INT NOT NULL, \
          prev $INT NOT NULL, body $BYTES NOT NULL, commitment $BYTES NOT NULL) $STRICT;\n\
          CREATE TABLE heads (workspace $INT NOT NULL, agent $INT NOT NULL, seq $INT NOT NULL, revision $INT NOT NULL, \
          PRIMARY KEY (workspace, agent)) $CLUSTERED;\n\
          CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, value $INT NOT NULL) $CLUSTERED;\n\
          INSERT INTO counters (name, value) VALUES ('agents', 0), ('models', 0), ('heads_complete', 0);\n\
          CREATE TABLE outbox (id $SEQUENCE, workspace $INT NOT NULL, at $INT NOT NULL, principal TEXT NOT NULL, \
          action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL) $STRICT;\n",
}];
