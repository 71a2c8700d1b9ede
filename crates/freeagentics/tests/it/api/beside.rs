//! The database of an installation, beside its server: what no route does yet, and what none shows.

use std::sync::Arc;

use axiomcore::clock::SystemClock;
use axiomcore::config::Secret;
use axiomcore::entropy::SystemEntropy;
use axiomcore::identity::{
    self, CameBy, Grant, Identity, IdentityParts, NewKey, NewUser, Permission, Permissions, Principal, PrincipalKind,
    Role,
};
use axiomcore::sealing::{Keys, Sealer};
use axiomcore::store::{Database, Row};
use axiomcore::telemetry::Metrics;
use tokio::runtime::Runtime;

use super::Installation;

/// A database, with the threads that drive it.
pub(crate) struct Beside {
    database: Database,
    threads: Runtime,
}

impl Installation {
    /// Opens the database beside the server.
    pub(crate) fn beside(&self) -> Beside {
        let threads = Runtime::new().unwrap();
        let database = Database::open(&self.location(), 1, threads.handle().clone()).unwrap();
        Beside { database, threads }
    }
}

impl Beside {
    /// Does something that nobody expects.
    pub(crate) fn execute(&self, sql: &str) {
        assert_ne!(self.database.write_blocking(|connection| connection.execute(sql, &[])).unwrap(), 0, "{sql}");
    }

    /// Does something that changes no row.
    pub(crate) fn run(&self, sql: &str) {
        self.database.write_blocking(|connection| connection.execute(sql, &[])).unwrap();
    }

    /// Looks something up.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Row> {
        self.database.read_blocking(|connection| connection.query(sql, &[])).unwrap()
    }

    /// Another workspace.
    pub(crate) fn workspace(&self, name: &str) -> i64 {
        let sql = format!("INSERT INTO workspaces (name, created_at) VALUES ('{name}', 0) RETURNING id");
        self.database.write_blocking(|connection| connection.query(&sql, &[])).unwrap()[0].int(0).unwrap()
    }

    /// Somebody who has chosen the password; their id.
    pub(crate) fn user(&self, email: &str, password: &str, role: &str) -> String {
        let (identity, maker) = (self.identity(&[]), maker(1));
        let new = NewUser { email: email.into(), name: "Somebody".into(), roles: vec![role.into()] };
        let (user, ticket) = self.threads.block_on(identity.invite(&maker, new)).unwrap();
        let accepted = identity.accept(ticket.text.expose(), Secret::new(password.into()));
        self.threads.block_on(accepted).unwrap();
        user.id
    }

    /// The text of a new key, and its id.
    pub(crate) fn key(&self, workspace: i64, permissions: Permissions) -> (String, String) {
        let known: Vec<Permission> = match &permissions {
            Permissions::Only(names) => {
                names.iter().map(|name| Permission { name: name.clone().leak(), meaning: "" }).collect()
            }
            Permissions::Every => Vec::new(),
        };
        let tables: &[&[Permission]] = Vec::leak(vec![&*known.leak()]);
        let new = NewKey { name: "a program".into(), permissions, expires_at: None };
        let created = self.threads.block_on(self.identity(tables).create_key(&maker(workspace), new)).unwrap();
        (created.text.expose().clone(), created.key.id)
    }

    fn identity(&self, permissions: &'static [&'static [Permission]]) -> Identity {
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        // Nothing of what is made here is sealed, so any key will do.
        let sealer = Sealer::new(Keys::one(&"0f".repeat(32)).unwrap(), entropy.clone());
        let parts = IdentityParts {
            database: self.database.clone(),
            clock,
            entropy,
            sealer,
            metrics: Metrics::new(),
            redis: None,
            permissions,
            roles: ROLES,
            key_prefix: "fa",
            name: "Things",
            reached_at: None,
        };
        Identity::open(&identity::Config::default(), parts).unwrap()
    }
}

/// What the roles that tests give are named; the server has its own table of what they may.
const ROLES: &[Role] = &[
    Role { name: "admin", meaning: "", grant: Grant::Every },
    Role { name: "observer", meaning: "", grant: Grant::Only(&[]) },
];

/// Who may everything.
fn maker(workspace: i64) -> Principal {
    let (kind, permissions, came_by) = (PrincipalKind::ApiKey, Permissions::Every, CameBy::Key);
    Principal {
        workspace,
        id: "test".into(),
        kind,
        permissions,
        must_enrol: false,
        session: None,
        key: None,
        came_by,
        expires_at: None,
    }
}

/// These permissions by their names.
pub(crate) fn only(names: &[&str]) -> Permissions {
    Permissions::Only(names.iter().map(|name| (*name).to_owned()).collect())
}
