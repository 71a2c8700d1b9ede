//! The tables of identity.

use crate::store::Migration;

/// To be applied as component `identity`.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "workspaces and credentials",
        sql: "CREATE TABLE workspaces (id $SEQUENCE, name TEXT NOT NULL UNIQUE, created_at $INT NOT NULL) $STRICT;\n\
          CREATE TABLE credentials (workspace $INT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, \
          kind TEXT NOT NULL, name TEXT NOT NULL, fingerprint $BYTES NOT NULL, permissions TEXT NOT NULL, \
          created_at $INT NOT NULL, created_by TEXT NOT NULL, expires_at $INT, revoked_at $INT, last_used_at $INT, \
          PRIMARY KEY (workspace, id)) $CLUSTERED;\n",
    },
    Migration {
        version: 2,
        name: "users and sessions",
        // A session is found by its own id, before anybody knows whose it is.
        sql: "CREATE TABLE users (workspace $INT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, \
              email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, roles TEXT NOT NULL, password TEXT, \
              status TEXT NOT NULL, created_at $INT NOT NULL, created_by TEXT NOT NULL, last_sign_in_at $INT, \
              PRIMARY KEY (workspace, id)) $CLUSTERED;\n\
              CREATE TABLE tickets (fingerprint $BYTES NOT NULL PRIMARY KEY, workspace $INT NOT NULL, \
              user_id TEXT NOT NULL, expires_at $INT NOT NULL) $CLUSTERED;\n\
              CREATE INDEX tickets_of_user ON tickets (workspace, user_id);\n\
              CREATE TABLE sessions (id TEXT NOT NULL PRIMARY KEY, workspace $INT NOT NULL, user_id TEXT NOT NULL, \
              fingerprint $BYTES NOT NULL, created_at $INT NOT NULL, last_used_at $INT NOT NULL, \
              expires_at $INT NOT NULL, ended_at $INT, address TEXT NOT NULL, client TEXT NOT NULL) $CLUSTERED;\n\
              CREATE INDEX sessions_of_user ON sessions (workspace, user_id);\n",
    },
    Migration {
        version: 3,
        name: "signing keys, refresh tokens, the feed of changes",
        // `family` is what all refresh tokens of a session have in common; a session in a cookie has none.
        sql: "CREATE TABLE signing_keys (id TEXT NOT NULL PRIMARY KEY, public $BYTES NOT NULL, private $BYTES NOT NULL, \
              created_at $INT NOT NULL, active_from $INT NOT NULL, retired_at $INT, expires_at $INT) $CLUSTERED;\n\
              CREATE TABLE identity_changes (seq $SEQUENCE, workspace $INT NOT NULL, principal TEXT NOT NULL, \
              at $INT NOT NULL) $STRICT;\n\
              CREATE INDEX identity_changes_by_time ON identity_changes (at);\n\
              ALTER TABLE sessions ADD COLUMN family $BYTES;\n",
    },
    Migration {
        version: 4,
        name: "roles, service accounts, whose keys are",
        sql: "ALTER TABLE credentials ADD COLUMN owner TEXT;\n\
              ALTER TABLE credentials ADD COLUMN service TEXT;\n\
              CREATE INDEX credentials_of_owner ON credentials (workspace, owner);\n\
              CREATE INDEX credentials_of_service ON credentials (workspace, service);\n\
              CREATE TABLE roles (workspace $INT NOT NULL REFERENCES workspaces (id), name TEXT NOT NULL, \
              meaning TEXT NOT NULL, permissions TEXT NOT NULL, factor_required $INT NOT NULL, \
              created_at $INT NOT NULL, created_by TEXT NOT NULL, PRIMARY KEY (workspace, name)) $CLUSTERED;\n\
              CREATE TABLE services (workspace $INT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, \
              name TEXT NOT NULL, roles TEXT NOT NULL, owner TEXT, created_at $INT NOT NULL, created_by TEXT NOT NULL, \
              PRIMARY KEY (workspace, id)) $CLUSTERED;\n\
              CREATE INDEX services_of_owner ON services (workspace, owner);\n",
    },
    Migration {
        version: 5,
        name: "what is forgotten of sessions, what failures are counted under",
        // The one secret: what accounts and addresses are hashed with where failures are counted, on all nodes.
        sql: "CREATE INDEX sessions_by_use ON sessions (last_used_at);\n\
              CREATE TABLE attempt_secrets (id $INT NOT NULL PRIMARY KEY, sealed $BYTES NOT NULL) $STRICT;\n",
    },
    Migration {
        version: 6,
        name: "letters on their way",
        // One for each ticket, and so for each user. `next_at` is when it is tried next, which also keeps it from all other
        // nodes while one of them tries.
        sql: "CREATE TABLE letters (workspace $INT NOT NULL, user_id TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, \
              sealed $BYTES NOT NULL, tries $INT NOT NULL, next_at $INT NOT NULL, expires_at $INT NOT NULL, \
              PRIMARY KEY (workspace, user_id)) $CLUSTERED;\n\
              CREATE INDEX letters_by_time ON letters (next_at);\n",
    },
    Migration {
        version: 7,
        name: "addresses are taken within a workspace",
        // SQLite drops no constraint of a table, so there is a new one.
        sql: "ALTER TABLE users RENAME TO users_before;\n\
              CREATE TABLE users (workspace $INT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, \
              email TEXT NOT NULL, name TEXT NOT NULL, roles TEXT NOT NULL, password TEXT, \
              status TEXT NOT NULL, created_at $INT NOT NULL, created_by TEXT NOT NULL, last_sign_in_at $INT, \
              PRIMARY KEY (workspace, id), UNIQUE (workspace, email)) $CLUSTERED;\n\
              INSERT INTO users (workspace, id, email, name, roles, password, status, created_at, created_by, \
              last_sign_in_at) SELECT workspace, id, email, name, roles, password, status, created_at, created_by, \
              last_sign_in_at FROM users_before;\n\
              DROP TABLE users_before;\n",
    },
    Migration {
        version: 8,
        name: "who issued tickets, who gave roles, who had made those that are gone",
        // `issued_with` is the key, if it was one: a ticket ends with either. Of who is gone nothing is kept but by whom they
        // were there.
        sql: "ALTER TABLE tickets ADD COLUMN issued_at $INT;\n\
              ALTER TABLE tickets ADD COLUMN issued_in $INT;\n\
              ALTER TABLE tickets ADD COLUMN issued_by TEXT;\n\
              ALTER TABLE tickets ADD COLUMN issued_with TEXT;\n\
              CREATE INDEX tickets_of_issuer ON tickets (issued_in, issued_by);\n\
              CREATE INDEX tickets_of_key ON tickets (issued_in, issued_with);\n\
              CREATE TABLE given_roles (workspace $INT NOT NULL REFERENCES workspaces (id), bearer TEXT NOT NULL, \
              role TEXT NOT NULL, given_by TEXT NOT NULL, given_at $INT NOT NULL, \
              PRIMARY KEY (workspace, bearer, role)) $CLUSTERED;\n\
              CREATE TABLE departed (workspace $INT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, \
              made_by TEXT NOT NULL, made_at $INT NOT NULL, PRIMARY KEY (workspace, id)) $CLUSTERED;\n",
    },
    Migration {
        version: 9,
        name: "by which credential things were made, who let somebody in again, who widened roles",
        // A credential is a key or a session; what was made before names none. Whoever let somebody in again is not there if
        // they asked for it themselves.
        sql: "ALTER TABLE credentials ADD COLUMN made_with TEXT;\n\
              ALTER TABLE services ADD COLUMN made_with TEXT;\n\
              ALTER TABLE users ADD COLUMN made_with TEXT;\n\
              ALTER TABLE roles ADD COLUMN made_with TEXT;\n\
              ALTER TABLE departed ADD COLUMN made_with TEXT;\n\
              ALTER TABLE given_roles ADD COLUMN given_with TEXT;\n\
              CREATE TABLE widened_roles (workspace $INT NOT NULL REFERENCES workspaces (id), role TEXT NOT NULL, \
              permission TEXT NOT NULL, given_by TEXT NOT NULL, given_at $INT NOT NULL, given_with TEXT, \
              PRIMARY KEY (workspace, role, permission)) $CLUSTERED;\n\
              CREATE TABLE let_in (workspace $INT NOT NULL REFERENCES workspaces (id), user_id TEXT NOT NULL, \
              how TEXT NOT NULL, at $INT NOT NULL, let_in_by TEXT, let_in_with TEXT, \
              PRIMARY KEY (workspace, user_id, how, at)) $CLUSTERED;\n",
    },
];
