//! The database of an installation, beside its server: what no route does yet, and what none shows.

use std::sync::Arc;

use axiomcore::clock::SystemClock;
use axiomcore::entropy::SystemEntropy;
use axiomcore::identity::{self, Identity, IdentityParts, NewKey, Permission, Permissions, Principal, PrincipalKind};
use axiomcore::sealing::{Keys, Sealer};
use axiomcore::store::{Database, Row};
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

    /// Looks something up.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Row> {
        self.database.read_blocking(|connection| connection.query(sql, &[])).unwrap()
    }

    /// Another workspace.
    pub(crate) fn workspace(&self, name: &str) -> i64 {
        let sql = format!("INSERT INTO workspaces (name, created_at) VALUES ('{name}', 0) RETURNING id");
        self.database.write_blocking(|connection| connection.query(&sql, &[])).unwrap()[0].int(0).unwrap()
    }

    /// The text of a new key, and its id.
    pub(crate) fn key(&self, workspace: i64, permissions: Permissions) -> (String, String) {
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        let known: Vec<Permission> = match &permissions {
            Permissions::Only(names) => {
                names.iter().map(|name| Permission { name: name.clone().leak(), meaning: "" }).collect()
            }
            Permissions::Every => Vec::new(),
        };
        let tables: &[&[Permission]] = Vec::leak(vec![&*known.leak()]);
        // API keys are not sealed, so any key will do.
        let sealer = Sealer::new(Keys::one(&"0f".repeat(32)).unwrap(), entropy.clone());
        let parts = IdentityParts {
            database: self.database.clone(),
            clock,
            entropy,
            sealer,
            permissions: tables,
            roles: &[],
            key_prefix: "fa",
        };
        let identity = Identity::open(&identity::Config::default(), parts).unwrap();
        let (kind, all) = (PrincipalKind::ApiKey, Permissions::Every);
        let maker = Principal { workspace, id: "test".into(), kind, permissions: all, session: None };
        let new = NewKey { name: "a program".into(), permissions, expires_at: None };
        let created = self.threads.block_on(identity.create_key(&maker, new)).unwrap();
        (created.text.expose().clone(), created.key.id)
    }
}

/// These permissions by their names.
pub(crate) fn only(names: &[&str]) -> Permissions {
    Permissions::Only(names.iter().map(|name| (*name).to_owned()).collect())
}
