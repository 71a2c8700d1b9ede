//! A server's rows: back in an empty server, or refused.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axiomcore::backup::{BackupError, Folder, Key, Proven, Restorable, Vault, is_unfinished};
use axiomcore::entropy::SystemEntropy;
use axiomcore::store::{Connection, Database, Migration, Result, Row};

use super::restoring::Failing;
use super::{ACCOUNTS, BANK, Bank, Bench, EACH, FILE, KEY, last, on};

/// What shows whether all is as it was.
fn looks(database: &Database) -> Vec<Row> {
    let sql = "SELECT (SELECT SUM(holds) FROM accounts)::bigint, (SELECT COUNT(*) FROM accounts), \
               (SELECT string_agg(seq || text, ',' ORDER BY seq) FROM moves), \
               (SELECT md5(string_agg(weight, ''::bytea ORDER BY id)) FROM weights)";
    database.read_blocking(|connection| connection.query(sql, &[])).unwrap()
}

fn tables(database: &Database) -> usize {
    let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema";
    database.read_blocking(|connection| connection.query(sql, &[])).unwrap().len()
}

/// Another database on the bench's server, with nothing in it.
fn empty(bench: &Bench, name: &str) -> Database {
    on(bench.server.as_ref().unwrap().create_database(name), &bench.runtime)
}

#[test]
fn a_server_comes_back_into_an_empty_one_and_goes_on_where_it_was() {
    let bench = Bench::on_server(5);
    bench.insert("a move, with 'quotes', \u{1F3E6} and a \t tab");
    bench.insert("");
    let manifest = bench.create();
    bench.insert("after");
    assert_eq!((manifest.database.as_str(), manifest.log, manifest.schema["bank"]), ("postgresql", 2, 1));
    assert!(bench.verify(&bench.vault(), &manifest.id).is_good());
    let (second, folder) = (empty(&bench, "second"), bench.folder.path().join("restored"));
    bench.vault().restore_to_server(&manifest.id, &folder, &second).unwrap();
    let found = looks(&second);
    assert_eq!(found[0].int(0).unwrap(), ACCOUNTS * EACH);
    bench.database.write_blocking(|c| c.execute("DELETE FROM moves WHERE text = 'after'", &[])).unwrap();
    assert_eq!(found, looks(&bench.database));
    assert_eq!(fs::read_to_string(folder.join("settings")).unwrap(), "colour = blue");
    assert!(!is_unfinished(&folder));
    second.migrate("bank", BANK).unwrap();
    let insert = "INSERT INTO moves (text) VALUES ('next') RETURNING seq";
    assert_eq!(second.write_blocking(|c| c.query(insert, &[])).unwrap()[0].int(0).unwrap(), 3);
    // And of the restored one there are backups as of any.
    let refused = bench.vault().restore_to_server(&manifest.id, &bench.folder.path().join("again"), &second);
    assert!(matches!(refused.unwrap_err(), BackupError::ServerNotEmpty(_)), "nothing is restored over anything");
    assert_eq!(second.read_blocking(last).unwrap(), 3, "and it is left alone");
}

#[test]
fn a_server_is_not_restored_as_a_file_nor_a_file_as_a_server() {
    let bench = Bench::on_server(0);
    let manifest = bench.create();
    let refused = bench.vault().restore(&manifest.id, &bench.folder.path().join("x"), None).unwrap_err();
    assert!(refused.to_string().contains("set database.url"), "{refused}");
    let file = Bench::new(0);
    let manifest = file.create();
    let second = empty(&bench, "second");
    let refused = file.vault().restore_to_server(&manifest.id, &file.folder.path().join("x"), &second).unwrap_err();
    assert!(refused.to_string().contains("take database.url away"), "{refused}");
    assert_eq!(tables(&second), 0);
}

#[test]
fn a_restore_into_a_server_that_is_cut_at_any_chunk_leaves_nothing_there_and_goes_on() {
    let bench = Bench::on_server(5);
    let manifest = bench.create();
    let n_chunks: usize = manifest.parts.iter().map(|part| part.chunks.len()).sum();
    assert!(n_chunks >= 6, "{n_chunks}");
    for cut in [1, 2, n_chunks / 2, n_chunks - 1, n_chunks] {
        let (left, read) = (Arc::new(AtomicUsize::new(cut)), Arc::new(AtomicUsize::new(0)));
        let failing = Failing { folder: Folder::new(bench.place()), left: left.clone(), read };
        let clock = Arc::new(bench.clock.clone());
        let vault = Vault::new(Box::new(failing), Key::parse(KEY).unwrap(), clock, Arc::new(SystemEntropy));
        let vault = vault.knowing(Arc::new(Bank), FILE);
        let (second, folder) = (empty(&bench, &format!("cut{cut}")), bench.folder.path().join(format!("cut-{cut}")));
        let failed = vault.restore_to_server(&manifest.id, &folder, &second).unwrap_err();
        assert!(matches!(failed, BackupError::Destination(_)), "{failed}");
        assert_eq!((tables(&second), is_unfinished(&folder)), (0, true), "cut at {cut}");
        left.store(usize::MAX, Ordering::SeqCst);
        vault.restore_to_server(&manifest.id, &folder, &second).unwrap();
        assert_eq!((looks(&second), is_unfinished(&folder)), (looks(&bench.database), false));
        second.close();
    }
}

const NEWER: &[Migration] =
    &[BANK[0], Migration { version: 2, name: "notes", sql: "CREATE TABLE notes (id $INT NOT NULL PRIMARY KEY);\n" }];

/// A bank of a later version.
#[derive(Debug)]
struct NewerBank;

impl Restorable for NewerBank {
    fn last(&self, connection: &mut dyn Connection) -> Result<u64> {
        last(connection)
    }

    fn is_about_to_change(&self, _: &Database) -> Result<bool> {
        Ok(false)
    }

    fn components(&self) -> &'static [(&'static str, &'static [Migration])] {
        &[("bank", NEWER), ("audit", axiomcore::audit::MIGRATIONS)]
    }

    fn prove(&self, folder: &std::path::Path) -> std::result::Result<Proven, String> {
        super::proven(folder)
    }
}

#[test]
fn an_older_backup_comes_back_as_it_was_and_a_newer_one_is_refused_by_its_version() {
    let bench = Bench::on_server(0);
    let older = bench.create();
    bench.database.migrate("bank", NEWER).unwrap();
    let newer = bench.create();
    let destination = Box::new(Folder::new(bench.place()));
    let clock = Arc::new(bench.clock.clone());
    let of_later = Vault::new(destination, Key::parse(KEY).unwrap(), clock, Arc::new(SystemEntropy))
        .knowing(Arc::new(NewerBank), FILE);
    let (second, third) = (empty(&bench, "second"), empty(&bench, "third"));
    let folder = |name: &str| bench.folder.path().join(name);
    of_later.restore_to_server(&older.id, &folder("older"), &second).unwrap();
    assert_eq!(looks(&second), looks(&bench.database));
    assert_eq!(second.migrate("bank", NEWER).unwrap(), axiomcore::store::Applied { from: 1, to: 2 });
    let refused = bench.vault().restore_to_server(&newer.id, &folder("newer"), &third).unwrap_err();
    assert!(refused.to_string().contains("made by version 1.0") && refused.to_string().contains("`bank`"), "{refused}");
    assert_eq!(tables(&third), 0);
    let verdict = of_later.verify(&newer.id, &folder("scratch"), &super::proven).unwrap();
    assert!(verdict.is_good(), "{verdict:?}");
}
