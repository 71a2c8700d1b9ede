//! SQLite as the product opens it.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

use axiomcore::store::{Connection, Database, Location, Migration, Result};
use tokio::runtime::Runtime;

use crate::process::{Disk, Script};

const MIGRATIONS: &[Migration] =
    &[Migration { version: 1, name: "numbers", sql: "CREATE TABLE numbers (number $INT NOT NULL, body $BYTES);\n" }];

pub(crate) const SCRIPTS: &[Script] = &[
    ("numbers until the power goes", |folder| with(folder, |database| count_up(database, folder, 500))),
    ("numbers, and then a transaction that never ends", |folder| {
        with(folder, |database| {
            count_up(database, folder, 20);
            // More than SQLite keeps in its cache, so that some of it is written before the end.
            let endless = |connection: &mut dyn Connection| -> Result<()> {
                for _ in 0..8_000 {
                    insert(connection, 1_000_000, &[3; 4096])?;
                }
                let log = std::fs::metadata(folder.join("numbers.db-wal")).unwrap();
                assert!(log.len() > 10_000_000, "nothing was written yet");
                std::process::abort();
            };
            database.write_blocking(endless).unwrap();
        });
    }),
];

fn with(folder: &Path, work: impl FnOnce(&Database)) {
    let runtime = Runtime::new().unwrap();
    let location = Location::Sqlite(folder.join("numbers.db"));
    let database = Database::open(&location, 1, runtime.handle().clone()).unwrap();
    database.migrate("numbers", MIGRATIONS).unwrap();
    work(&database);
}

/// One number per transaction. What was acknowledged is told to the real disk, outside of the folder.
fn count_up(database: &Database, folder: &Path, n: i64) {
    let first = stored(database).len() as i64;
    for number in first..first + n {
        database.write_blocking(|connection| insert(connection, number, &[])).unwrap();
        std::fs::write(acknowledged(folder), (number + 1).to_string()).unwrap();
    }
}

fn insert(connection: &mut dyn Connection, number: i64, body: &[u8]) -> Result<()> {
    connection.execute("INSERT INTO numbers (number, body) VALUES ($1, $2)", &[number.into(), body.into()]).map(drop)
}

fn stored(database: &Database) -> Vec<i64> {
    let query = |connection: &mut dyn Connection| {
        let mut rows = connection.query("SELECT number FROM numbers ORDER BY rowid", &[])?;
        rows.iter_mut().map(|row| row.int(0)).collect()
    };
    database.read_blocking(query).unwrap()
}

fn acknowledged(folder: &Path) -> PathBuf {
    folder.parent().unwrap().join("acknowledged")
}

/// What is there after the power came back, and how much was acknowledged before it went.
fn after(disk: &Disk) -> (Vec<i64>, usize) {
    let folder = disk.folder();
    let mut found = Vec::new();
    with(&folder, |database| found = stored(database));
    (found, read_to_string(acknowledged(&folder)).unwrap().parse().unwrap())
}

fn assert_whole(disk: &Disk, n: usize) {
    let (found, n_acknowledged) = after(disk);
    assert_eq!(n_acknowledged, n);
    assert_eq!(found, (0..n as i64).collect::<Vec<_>>());
}

#[test]
fn acknowledged_transactions_survive_power_cuts_one_after_the_other() {
    let disk = Disk::new();
    for cut in 1..=3 {
        disk.run("numbers until the power goes");
        assert_whole(&disk, cut * 500);
    }
}

#[test]
fn a_transaction_that_was_not_committed_is_gone_and_the_others_are_not() {
    let disk = Disk::new();
    assert_whole(disk.run("numbers, and then a transaction that never ends"), 20);
}

#[test]
fn acknowledged_transactions_survive_when_any_part_of_the_rest_reaches_the_disk() {
    for seed in 0..4 {
        let disk = Disk::leaking(50, seed);
        disk.run("numbers, and then a transaction that never ends").run("numbers until the power goes");
        assert_whole(&disk, 520);
    }
}

#[test]
fn a_disk_that_lies_loses_acknowledged_transactions() {
    let disk = Disk::lying();
    let (found, n_acknowledged) = after(disk.run("numbers until the power goes"));
    assert!(found.is_empty() && n_acknowledged == 500, "{} of {n_acknowledged} are there", found.len());
}
