//! The tables of second factors and known devices.

use crate::store::Migration;

/// To be applied as component `factors`, after `identity`.
pub const MIGRATIONS: &[Migration] = &[FIRST, TRIES];

/// How often a code was wrong that was to confirm a factor: after some the secret is forgotten.
const TRIES: Migration = Migration {
    version: 2,
    name: "wrong codes of factors that wait",
    sql: "ALTER TABLE factors ADD COLUMN tries $INT NOT NULL DEFAULT 0;\n",
};

const FIRST: Migration = Migration {
    version: 1,
    name: "factors, recovery codes, challenges and devices",
    // `last_step` is what makes a code good once; a challenge and a device are found by what their holders show.
    sql: "CREATE TABLE factors (workspace $INT NOT NULL, user_id TEXT NOT NULL, secret $BYTES NOT NULL, \
          last_step $INT NOT NULL, created_at $INT NOT NULL, confirmed_at $INT, \
          PRIMARY KEY (workspace, user_id)) $CLUSTERED;\n\
          CREATE TABLE recovery_codes (workspace $INT NOT NULL, user_id TEXT NOT NULL, fingerprint $BYTES NOT NULL, \
          used_at $INT, PRIMARY KEY (workspace, user_id, fingerprint)) $CLUSTERED;\n\
          CREATE TABLE challenges (fingerprint $BYTES NOT NULL PRIMARY KEY, workspace $INT NOT NULL, \
          user_id TEXT NOT NULL, tries $INT NOT NULL, expires_at $INT NOT NULL) $CLUSTERED;\n\
          CREATE INDEX challenges_by_end ON challenges (expires_at);\n\
          CREATE INDEX challenges_of_user ON challenges (workspace, user_id);\n\
          CREATE TABLE devices (workspace $INT NOT NULL, user_id TEXT NOT NULL, id TEXT NOT NULL, \
          fingerprint $BYTES NOT NULL UNIQUE, created_at $INT NOT NULL, last_used_at $INT NOT NULL, \
          expires_at $INT NOT NULL, address TEXT NOT NULL, client TEXT NOT NULL, \
          PRIMARY KEY (workspace, user_id, id)) $CLUSTERED;\n",
};
