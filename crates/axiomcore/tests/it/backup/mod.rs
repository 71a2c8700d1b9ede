//! Backups, on real databases and disks: what is copied while others write, every way in which a copy can be damaged, and
//! what comes back.

mod copying;
mod damages;
mod pruning;
mod restoring;
mod servers;
mod shipping;
mod stores;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axiomcore::backup::{
    Destination, Facts, Folder, Key, Manifest, Proven, Restorable, Shipper, Source, Vault, Verdict,
};
use axiomcore::clock::{ManualClock, Timestamp};
use axiomcore::entropy::SeededEntropy;
use axiomcore::store::{Connection, Database, Location, Migration, Result};
use axiomcore::{audit, hex};
use tempfile::TempDir;
use testbed::Postgres;
use tokio::runtime::Runtime;

const FILE: &str = "bank.db";

const KEY: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const OTHER: &str = "2222222222222222222222222222222222222222222222222222222222222222";

/// Accounts that hold the same in all, whatever is moved between them; and weight, so that there is something to copy.
const BANK: &[Migration] = &[Migration {
    version: 1,
    name: "bank",
    sql: "CREATE TABLE accounts (id $INT NOT NULL PRIMARY KEY, holds $INT NOT NULL) $STRICT;\n\
          CREATE TABLE moves (seq $SEQUENCE, text TEXT NOT NULL) $STRICT;\n\
          CREATE TABLE weights (id $INT NOT NULL PRIMARY KEY, weight $BYTES NOT NULL) $STRICT;\n",
}];

const ACCOUNTS: i64 = 50;
const EACH: i64 = 1_000;

/// A bank in a folder, and a folder for its backups.
struct Bench {
    folder: TempDir,
    database: Database,
    clock: ManualClock,
    runtime: Runtime,
    server: Option<Postgres>,
}

/// What the bank knows about its backups.
#[derive(Debug)]
struct Bank;

const COMPONENTS: [(&str, &[Migration]); 2] = [("bank", BANK), ("audit", audit::MIGRATIONS)];

impl Restorable for Bank {
    fn last(&self, connection: &mut dyn Connection) -> Result<u64> {
        last(connection)
    }

    fn is_about_to_change(&self, _: &Database) -> Result<bool> {
        Ok(false)
    }

    fn components(&self) -> &'static [(&'static str, &'static [Migration])] {
        &COMPONENTS
    }

    fn prove(&self, folder: &Path) -> std::result::Result<Proven, String> {
        proven(folder)
    }
}

fn last(connection: &mut dyn Connection) -> Result<u64> {
    Ok(connection.query("SELECT COALESCE(MAX(seq), 0) FROM moves", &[])?[0].int(0)?.unsigned_abs())
}

impl Bench {
    /// With so many megabytes that cannot be compressed.
    fn new(megabytes: usize) -> Self {
        Self::with(None, megabytes)
    }

    /// The same on a server.
    fn on_server(megabytes: usize) -> Self {
        Self::with(Some(Postgres::start()), megabytes)
    }

    fn with(server: Option<Postgres>, megabytes: usize) -> Self {
        let (folder, runtime) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap());
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::write(data.join("settings"), "colour = blue").unwrap();
        let database = match &server {
            Some(server) => on(server.url(), &runtime),
            None => open(&data, &runtime),
        };
        database.migrate("bank", BANK).unwrap();
        database.migrate("audit", audit::MIGRATIONS).unwrap();
        let clock = ManualClock::new(Timestamp(1_764_000_000_000));
        let bench = Self { folder, database, clock, runtime, server };
        bench.fill(megabytes);
        bench
    }

    fn fill(&self, megabytes: usize) {
        self.database
            .write_blocking(|connection| {
                for id in 0..ACCOUNTS {
                    let values = [id.into(), EACH.into()];
                    connection.execute("INSERT INTO accounts (id, holds) VALUES ($1, $2)", &values)?;
                }
                for id in 0..megabytes as i64 {
                    let mut weight = vec![0; 1 << 20];
                    axiomcore::entropy::Entropy::fill(&SeededEntropy::new(id.unsigned_abs()), &mut weight).unwrap();
                    let values = [id.into(), (&weight).into()];
                    connection.execute("INSERT INTO weights (id, weight) VALUES ($1, $2)", &values)?;
                }
                let head = "INSERT INTO audit_chains (workspace, seq, hash, stated, after_seq, after_hash) \
                            VALUES (1, 5, $1, 0, 0, $1)";
                connection.execute(head, &[[7_u8; 32].as_slice().into()])
            })
            .unwrap();
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("backups")
    }

    fn vault(&self) -> Vault {
        self.vault_with(KEY)
    }

    fn vault_with(&self, key: &str) -> Vault {
        let destination: Box<dyn Destination> = Box::new(Folder::new(self.place()));
        let entropy = Arc::new(axiomcore::entropy::SystemEntropy);
        let vault = Vault::new(destination, Key::parse(key).unwrap(), Arc::new(self.clock.clone()), entropy);
        vault.knowing(Arc::new(Bank), FILE)
    }

    /// Makes one; a second goes by before it.
    fn create(&self) -> Manifest {
        self.create_in(&self.vault()).unwrap()
    }

    fn create_in(&self, vault: &Vault) -> std::result::Result<Manifest, axiomcore::backup::BackupError> {
        self.create_shipped(vault, None)
    }

    fn create_shipped(
        &self,
        vault: &Vault,
        shipper: Option<&Shipper>,
    ) -> std::result::Result<Manifest, axiomcore::backup::BackupError> {
        self.clock.advance(Duration::from_secs(1));
        let files = [("settings".to_owned(), self.data().join("settings")), ("none".into(), self.data().join("none"))];
        vault.create(&Source {
            product: "bank",
            version: "1.0",
            database: &self.database,
            file: FILE,
            files: &files,
            shipper,
            last: &last,
        })
    }

    fn verify(&self, vault: &Vault, id: &str) -> Verdict {
        vault.verify(id, &self.folder.path().join("scratch"), &proven).unwrap()
    }

    fn insert(&self, text: &str) {
        let insert = |connection: &mut dyn Connection| {
            connection.execute("INSERT INTO moves (text) VALUES ($1)", &[text.into()])
        };
        self.database.write_blocking(insert).unwrap();
    }
}

fn open(data: &Path, runtime: &Runtime) -> Database {
    Database::open(&Location::Sqlite(data.join(FILE)), 1, runtime.handle().clone()).unwrap()
}

fn on(url: String, runtime: &Runtime) -> Database {
    Database::open(&Location::Postgres(url), 4, runtime.handle().clone()).unwrap()
}

/// What is in a restored bank, and whether all of it adds up.
fn proven(folder: &Path) -> std::result::Result<Proven, String> {
    let runtime = Runtime::new().unwrap();
    let database = open(folder, &runtime);
    let read = |connection: &mut dyn Connection| {
        let facts = Facts::of(connection, &last)?;
        let check = connection.query("PRAGMA integrity_check", &[])?[0].text(0)?;
        let sum = connection.query("SELECT SUM(holds) FROM accounts", &[])?[0].int(0)?;
        Ok((facts, check, sum, unaccounted(connection)?))
    };
    let (facts, check, sum, mut findings) = database.read_blocking(read).map_err(|error| error.to_string())?;
    if check != "ok" {
        findings.push(check);
    }
    if sum != ACCOUNTS * EACH {
        findings.push(format!("the accounts hold {sum}"));
    }
    Ok(Proven { rows: facts.log, facts, findings })
}

/// Accounts that do not hold what the moves come to: a copy of one table is older than that of the other.
fn unaccounted(connection: &mut dyn Connection) -> Result<Vec<String>> {
    let mut expected: BTreeMap<i64, i64> = (0..ACCOUNTS).map(|id| (id, EACH)).collect();
    for mut row in connection.query("SELECT text FROM moves", &[])? {
        let text = row.text(0)?;
        let moved = text.strip_prefix("from ").and_then(|rest| rest.split_once(" to "));
        // Others write what moves nothing.
        let Some((from, to)) = moved.and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?))) else {
            continue;
        };
        *expected.entry(from).or_default() -= 1;
        *expected.entry(to).or_default() += 1;
    }
    let mut wrong = Vec::new();
    for row in connection.query("SELECT id, holds FROM accounts ORDER BY id", &[])? {
        let (id, holds) = (row.int(0)?, row.int(1)?);
        if expected.get(&id) != Some(&holds) {
            wrong.push(format!("account {id} holds {holds}, and its moves come to {:?}", expected.get(&id)));
        }
    }
    Ok(wrong)
}

#[test]
fn a_backup_says_what_is_in_it_and_shows_nothing_of_it() {
    let bench = Bench::new(1);
    bench.insert("a secret move");
    let manifest = bench.create();
    assert_eq!((manifest.number, manifest.log, manifest.database.as_str()), (1, 1, "sqlite"));
    assert_eq!(manifest.schema["bank"], 1);
    assert_eq!((manifest.audit[0].seq, manifest.audit[0].hash.as_str()), (5, hex::encode(&[7; 32]).as_str()));
    let names: Vec<&str> = manifest.parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["settings", FILE, FILE]);
    let mut n_files = 0;
    for entry in walk(&bench.place()) {
        let bytes = fs::read(&entry).unwrap();
        for secret in [b"a secret move".as_slice(), b"colour", KEY.as_bytes(), b"SQLite format"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{}", entry.display());
        }
        n_files += 1;
    }
    assert!(n_files >= 4, "{n_files} files were looked into");
    let second = bench.create();
    assert_eq!(second.number, 2);
    assert!(second.previous.is_some() && second.salt != manifest.salt);
}

/// All files below a folder.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}
