//! The audit, on real databases: chains, checkpoints, the anchor, and whatever somebody does to them.

mod checkpoints;
mod erasing;
mod sequencing;
mod syslog;
mod tampering;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axiomcore::audit::{
    Against, Audit, AuditParts, CommittedLog, Config, Entry, Hash, Named, Officer, Place, Product, PublicKey, Report,
    rotate_key, verify_database,
};
use axiomcore::clock::{Clock, ManualClock, Timestamp};
use axiomcore::entropy::SeededEntropy;
use axiomcore::identity::Lapsed;
use axiomcore::sealing::{Keys, Sealer};
use axiomcore::store::{Connection, Database, Dialect, Location, Migration, Result, Value};
use axiomcore::telemetry::Metrics;
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use testbed::Postgres;
use tokio::runtime::Runtime;

/// A log beside the chains, whose rows are committed to.
#[derive(Debug)]
struct Rows;

const ROWS: &[Migration] =
    &[Migration { version: 1, name: "rows", sql: "CREATE TABLE rows (seq $SEQUENCE, text TEXT NOT NULL) $STRICT;\n" }];

impl CommittedLog for Rows {
    fn settled(&self, database: &Database) -> Result<u64> {
        database.write_blocking(|connection| {
            if connection.dialect() == Dialect::Postgres {
                connection.execute("LOCK TABLE rows IN SHARE MODE", &[])?;
            }
            Ok(connection.query("SELECT COALESCE(MAX(seq), 0) FROM rows", &[])?[0].int(0)?.unsigned_abs())
        })
    }

    fn commitments(
        &self,
        connection: &mut dyn Connection,
        after: u64,
        to: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Hash)>> {
        let sql = "SELECT seq, text FROM rows WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3";
        let rows = connection.query(sql, &[(after as i64).into(), (to as i64).into(), (limit as i64).into()])?;
        let commitment =
            |mut row: axiomcore::store::Row| Ok((row.int(0)?.unsigned_abs(), Sha256::digest(row.text(1)?).into()));
        rows.into_iter().map(commitment).collect()
    }
}

/// A place for a database, and a server if it is on one.
struct Ground {
    folder: TempDir,
    runtime: Runtime,
    postgres: Option<Postgres>,
}

/// Who erases and holds: under this name, as long as they may, and what stays then.
struct Clerk<'c> {
    id: &'static str,
    lapsed: Option<Lapsed>,
    stays: &'c dyn Fn(&Named<'_>) -> bool,
}

/// Before whom nothing stays.
fn clerk(id: &'static str) -> Clerk<'static> {
    Clerk { id, lapsed: None, stays: &|_| false }
}

impl Officer for Clerk<'_> {
    fn id(&self) -> &str {
        self.id
    }

    fn lapsed(&self, _: &mut dyn Connection) -> Result<Option<Lapsed>> {
        Ok(self.lapsed)
    }

    fn stays(&self, _: &mut dyn Connection, named: &Named<'_>) -> Result<bool> {
        Ok((self.stays)(named))
    }
}

/// A service with an audit.
struct Bench {
    database: Database,
    audit: Audit,
    clock: ManualClock,
    anchor: PathBuf,
}

impl Ground {
    fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), runtime: Runtime::new().unwrap(), postgres: None }
    }

    fn postgres() -> Self {
        Self { postgres: Some(Postgres::start()), ..Self::sqlite() }
    }

    fn database(&self) -> Database {
        let file = || Location::Sqlite(self.folder.path().join("service.db"));
        let location = self.postgres.as_ref().map_or_else(file, |server| Location::Postgres(server.url()));
        Database::open(&location, 4, self.runtime.handle().clone()).unwrap()
    }

    fn open(&self) -> Bench {
        self.open_with(Config::default(), 1)
    }

    fn open_with(&self, config: Config, seed: u64) -> Bench {
        let (database, clock) = (self.database(), ManualClock::new(Timestamp(1_700_000_000_000)));
        database.migrate("rows", ROWS).unwrap();
        let entropy = Arc::new(SeededEntropy::new(seed));
        let parts = AuditParts {
            database: database.clone(),
            clock: Arc::new(clock.clone()),
            entropy: entropy.clone(),
            metrics: Metrics::new(),
            sealer: Sealer::new(Keys::one(&"ab".repeat(32)).unwrap(), entropy),
            own_log: Some(Arc::new(Rows)),
            product: Product { name: "Service", version: "1" },
        };
        let anchor = self.folder.path().join("anchor.jsonl");
        let audit = Audit::open(config, parts, &anchor).unwrap();
        Bench { database, audit, clock, anchor }
    }
}

impl Ground {
    /// Hands over to another key, as a command would beside the service.
    fn rotate_key(&self, bench: &Bench, seed: u64) -> PublicKey {
        let entropy = Arc::new(SeededEntropy::new(seed));
        let sealer = Sealer::new(Keys::one(&"ab".repeat(32)).unwrap(), entropy.clone());
        let now = bench.clock.now();
        rotate_key(&self.database(), &sealer, entropy.as_ref(), now, "officer").unwrap()
    }
}

impl Bench {
    /// All checkpoints.
    fn lines(&self) -> Vec<String> {
        let read = |connection: &mut dyn Connection| {
            let rows = connection.query("SELECT line FROM audit_checkpoints ORDER BY number", &[])?;
            rows.into_iter().map(|mut row| row.text(0)).collect()
        };
        self.database.read_blocking(read).unwrap()
    }

    /// Something happens in a workspace: a row of its own and an entry, in one transaction.
    fn act(&self, workspace: i64, principal: &str, subject: &str) {
        let at = self.clock.now();
        let act = |connection: &mut dyn Connection| {
            connection.execute("INSERT INTO rows (text) VALUES ($1)", &[subject.into()])?;
            let entry = Entry { workspace, at, principal, action: "thing.make" };
            entry.write(connection, subject, &json!({ "size": subject.len() }))
        };
        self.database.write_blocking(act).unwrap();
        self.clock.advance(Duration::from_millis(10));
    }

    /// So many things happen, each third in the second workspace.
    fn live(&self, from: usize, n: usize) {
        (from..from + n)
            .for_each(|at| self.act(if at % 3 == 2 { 2 } else { 1 }, ["ann", "bob"][at % 2], &format!("thing {at}")));
    }

    fn finish(&self) {
        self.audit.finish_blocking().unwrap();
        self.clock.advance(Duration::from_secs(1));
    }

    /// Against the anchor, without a key that is known beforehand.
    fn verify(&self) -> Report {
        let against = Against { anchor: Some(&self.anchor), key: None };
        verify_database(&self.database, Some(&Rows), &against).unwrap()
    }

    fn execute(&self, sql: &str, values: &[Value<'_>]) -> u64 {
        self.database.write_blocking(|connection| connection.execute(sql, values)).unwrap()
    }

    fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.database.read_blocking(|connection| connection.query(&sql, &[])?[0].int(0)).unwrap()
    }
}

fn entry(workspace: i64, seq: u64) -> Place {
    Place::Entry { workspace, seq }
}

/// Tells each story twice: with the embedded database and with PostgreSQL.
macro_rules! on_both_databases {
    ($($story:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[test]
            fn $story() {
                super::$story(&$crate::audit::Ground::sqlite());
            })+
        }
        mod on_postgres {
            $(#[test]
            fn $story() {
                super::$story(&$crate::audit::Ground::postgres());
            })+
        }
    };
}
use on_both_databases;
