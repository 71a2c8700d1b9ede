//! Copying while others write.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use axiomcore::backup::{BackupError, DestinationError};
use axiomcore::store::{Connection, Database};

use super::{ACCOUNTS, Bench, walk};

/// Moves one from an account to another, in two statements of one transaction, and writes it down.
pub(super) fn transfer(database: &Database, at: i64) {
    let (from, to) = (at % ACCOUNTS, (at * 7 + 3) % ACCOUNTS);
    let moved = |connection: &mut dyn Connection| {
        connection.execute("UPDATE accounts SET holds = holds - 1 WHERE id = $1", &[from.into()])?;
        connection.execute("UPDATE accounts SET holds = holds + 1 WHERE id = $1", &[to.into()])?;
        let (text, weight) = (format!("from {from} to {to}"), vec![0xA5_u8; 30_000]);
        connection.execute("INSERT INTO moves (text) VALUES ($1)", &[(&text).into()])?;
        let sql =
            "INSERT INTO weights (id, weight) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET weight = excluded.weight";
        connection.execute(sql, &[(1_000 + at % 200).into(), (&weight).into()])
    };
    database.write_blocking(moved).unwrap();
}

#[test]
fn a_copy_taken_while_others_write_is_one_state_with_all_that_was_acknowledged_before() {
    is_one_state(&Bench::new(2));
}

#[test]
fn a_copy_of_a_server_taken_while_others_write_is_one_state_with_all_that_was_acknowledged_before() {
    is_one_state(&Bench::on_server(2));
}

fn is_one_state(bench: &Bench) {
    let (stop, moves) = (AtomicBool::new(false), AtomicI64::new(0));
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let at = moves.load(Ordering::Relaxed) + 1;
                transfer(&bench.database, at);
                moves.store(at, Ordering::Relaxed);
            }
        });
        let vault = bench.vault();
        let mut grown = 0;
        for round in 0..6 {
            let acknowledged = moves.load(Ordering::Relaxed).unsigned_abs();
            let manifest = bench.create_in(&vault).unwrap();
            assert!(manifest.log >= acknowledged, "{} is less than {acknowledged}", manifest.log);
            let verdict = bench.verify(&vault, &manifest.id);
            assert!(verdict.is_good(), "round {round}: {verdict:?}");
            assert!(verdict.rows >= manifest.log);
            grown += moves.load(Ordering::Relaxed).unsigned_abs() - acknowledged;
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap();
        assert!(grown > 0, "somebody wrote while it was copied");
    });
}

#[test]
fn two_never_run_at_once_and_what_was_never_finished_is_removed() {
    let bench = Bench::new(1);
    let vault = bench.vault();
    let held = axiomcore::backup::Destination::hold(&axiomcore::backup::Folder::new(bench.place())).unwrap();
    let refused = bench.create_in(&vault).unwrap_err();
    assert!(matches!(refused, BackupError::Destination(DestinationError::Held(_))), "{refused}");
    drop(held);
    // As a crash leaves it: begun, some chunks, no manifest.
    let id = "20260101T000000000Z-00000000";
    for (folder, name) in [("begun", id), (&format!("chunks/{id}"), "000000")] {
        std::fs::create_dir_all(bench.place().join(folder)).unwrap();
        std::fs::write(bench.place().join(folder).join(name), "half").unwrap();
    }
    bench.create();
    assert!(!walk(&bench.place()).iter().any(|path| path.display().to_string().contains(id)));
}
