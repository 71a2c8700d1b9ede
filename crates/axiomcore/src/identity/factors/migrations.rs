//! The tables of second factors, passkeys and known devices.

use crate::store::Migration;

/// To be applied as component `factors`, after `identity`.
pub const MIGRATIONS: &[Migration] = &[FIRST, TRIES, PASSKEYS];

/// How often a code was wrong that was to confirm a factor: after some the secret is forgotten.
const TRIES: Migration = Migration {
    version: 2,
    name: "wrong codes of factors that wait",
    sql: "ALTER TABLE factors ADD COLUMN tries $INT NOT NULL DEFAULT 0;\n",
};

const PASSKEYS: Migration = Migration {
    version: 3,
    name: "passkeys, and challenges that were answered",
    // A passkey is found by what its device shows, before anybody knows whose it is. A challenge is stored only once it was
    // answered, until it would have expired.
    sql: "CREATE TABLE passkeys (credential $BYTES NOT NULL PRIMARY KEY, workspace $INT NOT NULL, user_id TEXT NOT NULL, \
          id TEXT NOT NULL, name TEXT NOT NULL, public_key $BYTES NOT NULL, counter $INT NOT NULL, \
          may_be_copied $INT NOT NULL, is_copied $INT NOT NULL, transports TEXT NOT NULL, created_at $INT NOT NULL, \
          last_used_at $INT, UNIQUE (workspace, user_id, id)) $CLUSTERED;\n\
          CREATE TABLE used_challenges (fingerprint $BYTES NOT NULL PRIMARY KEY, expires_at $INT NOT NULL) $CLUSTERED;\n\
          CREATE INDEX used_challenges_by_end ON used_challenges (expires_at);\n",
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
