//! What is shipped between two backups, and coming back to a moment.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axiomcore::backup::{Damage, Manifest, Shipper, Vault};
use axiomcore::clock::{Clock, Timestamp};

use super::copying::transfer;
use super::{Bench, open, proven};

fn based(bench: &Bench, vault: &Vault) -> (Shipper, Manifest) {
    let shipper = Shipper::begin(vault, &bench.database).unwrap().unwrap();
    let manifest = bench.create_shipped(vault, Some(&shipper)).unwrap();
    (shipper, manifest)
}

#[test]
fn an_installation_comes_back_as_it_was_at_any_moment() {
    let bench = Bench::new(1);
    let vault = bench.vault();
    bench.insert("before");
    let (shipper, manifest) = based(&bench, &vault);
    let mut moments = vec![(bench.clock.now(), 1)];
    for n in 2..=6_u64 {
        bench.clock.advance(Duration::from_secs(10));
        bench.insert("after");
        // One of them is found in the log that has begun anew, as it does when nobody looks.
        shipper.ship().unwrap();
        moments.push((bench.clock.now(), n));
    }
    for (moment, moves) in moments {
        let folder = bench.folder.path().join(format!("at-{moves}"));
        let restored = vault.restore(&manifest.id, &folder, Some(moment)).unwrap();
        assert_eq!(proven(&folder).unwrap().rows, moves, "{restored:?}");
        assert_eq!(proven(&folder).unwrap().findings, Vec::<String>::new());
    }
    let folder = bench.folder.path().join("latest");
    let restored = vault.restore(&manifest.id, &folder, None).unwrap();
    assert_eq!((proven(&folder).unwrap().rows, restored.as_of), (6, bench.clock.now()));
    let none = Timestamp(manifest.ended_at - 5_000);
    assert_eq!(vault.furthest(&vault.list(0).unwrap(), Some(none)).unwrap(), None, "nothing is that old");
    assert!(bench.verify(&vault, &manifest.id).is_good());
}

/// Opens the database again, as the next process does.
fn reopen(bench: &mut Bench) {
    let other = bench.folder.path().join("other");
    fs::create_dir_all(&other).unwrap();
    let old = std::mem::replace(&mut bench.database, open(&other, &bench.runtime));
    old.close();
    drop(old);
    bench.database = open(&bench.data(), &bench.runtime);
}

#[test]
fn a_line_goes_on_over_a_restart_without_another_backup() {
    let mut bench = Bench::new(1);
    let vault = bench.vault();
    let (mut shipper, manifest) = based(&bench, &vault);
    for restart in 1..=3 {
        bench.insert("before it");
        bench.clock.advance(Duration::from_secs(1));
        let ended = shipper.finish().unwrap().unwrap();
        drop(shipper);
        reopen(&mut bench);
        shipper = Shipper::resume(&vault, &bench.database, &ended).unwrap().unwrap_or_else(|| panic!("{restart}"));
        bench.insert("after it");
        bench.clock.advance(Duration::from_secs(1));
        shipper.ship().unwrap();
        let folder = bench.folder.path().join(format!("restart-{restart}"));
        vault.restore(&manifest.id, &folder, None).unwrap();
        let found = proven(&folder).unwrap();
        assert_eq!((found.rows, found.findings), (2 * restart, vec![]));
    }
    assert!(bench.verify(&vault, &manifest.id).is_good());
    assert_eq!(vault.list(0).unwrap().kept.len(), 1);
}

#[test]
fn a_line_does_not_go_on_over_anything_that_it_has_not_seen_nor_where_it_has_gone_on_already() {
    let mut bench = Bench::new(1);
    let vault = bench.vault();
    let (shipper, _) = based(&bench, &vault);
    let ended = shipper.finish().unwrap().unwrap();
    bench.insert("nobody ships this");
    reopen(&mut bench);
    assert!(Shipper::resume(&vault, &bench.database, &ended).unwrap().is_none(), "something was written meanwhile");
    // The same end cannot be gone on from twice: the numbers of its segments are given.
    let (shipper, _) = based(&bench, &vault);
    let ended = shipper.finish().unwrap().unwrap();
    reopen(&mut bench);
    let first = Shipper::resume(&vault, &bench.database, &ended).unwrap().unwrap();
    bench.insert("once");
    first.ship().unwrap();
    drop(first);
    assert!(Shipper::resume(&vault, &bench.database, &ended).unwrap().is_none());
    // And a copy of the file is another one, even if it says the same.
    let (shipper, _) = based(&bench, &vault);
    let ended = shipper.finish().unwrap().unwrap();
    let file = bench.data().join(super::FILE);
    let old = std::mem::replace(&mut bench.database, open(&bench.folder.path().join("other"), &bench.runtime));
    drop(old);
    fs::copy(&file, file.with_extension("copy")).unwrap();
    fs::rename(file.with_extension("copy"), &file).unwrap();
    bench.database = open(&bench.data(), &bench.runtime);
    assert!(Shipper::resume(&vault, &bench.database, &ended).unwrap().is_none());
}

#[test]
fn nothing_acknowledged_is_missing_however_often_the_log_begins_anew() {
    let bench = Bench::new(1);
    let vault = bench.vault();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let shipper = Shipper::begin(&vault, &bench.database).unwrap().unwrap();
        let writer = scope.spawn(|| {
            // More than a hundred megabytes through a log that begins anew after 64.
            let mut moves = 0;
            while !stop.load(Ordering::Relaxed) && moves < 4_000 {
                moves += 1;
                transfer(&bench.database, moves);
            }
            moves.unsigned_abs()
        });
        let manifest = bench.create_shipped(&vault, Some(&shipper)).unwrap();
        let mut longest = 0;
        while !writer.is_finished() {
            shipper.ship().unwrap();
            let log = fs::metadata(bench.data().join("bank.db-wal")).map_or(0, |log| log.len());
            longest = longest.max(log);
            std::thread::sleep(Duration::from_millis(20));
        }
        stop.store(true, Ordering::Relaxed);
        let moves = writer.join().unwrap();
        shipper.ship().unwrap();
        let folder = bench.folder.path().join("restored");
        let restored = vault.restore(&manifest.id, &folder, None).unwrap();
        assert!(restored.segments > 3, "{restored:?}");
        let there = proven(&folder).unwrap();
        assert_eq!((there.rows, there.findings), (moves, Vec::new()));
        assert!(longest < 200 << 20, "the log grows to {longest} bytes when somebody follows it");
    });
}

#[test]
fn each_damage_to_what_was_shipped_is_named() {
    let bench = Bench::new(0);
    let vault = bench.vault();
    let (shipper, manifest) = based(&bench, &vault);
    for _ in 0..3 {
        bench.clock.advance(Duration::from_secs(1));
        bench.insert("after");
        shipper.ship().unwrap();
    }
    let line = shipper.line().to_owned();
    let folder = bench.place().join("segments").join(&line);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 3);
    for (file, number) in files[..2].iter().zip(0..) {
        let whole = fs::read(file).unwrap();
        let found = |bytes: Option<&[u8]>| {
            match bytes {
                Some(bytes) => fs::write(file, bytes).unwrap(),
                None => fs::remove_file(file).unwrap(),
            }
            let damages = bench.verify(&vault, &manifest.id).damages;
            fs::write(file, &whole).unwrap();
            damages
        };
        assert_eq!(found(None), [Damage::SegmentMissing { line: line.clone(), number }]);
        let altered = [Damage::SegmentAltered { line: line.clone(), number }];
        assert_eq!(found(Some(&whole[..whole.len() - 1])), altered);
        assert_eq!(found(Some(b"")), altered);
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 4;
        assert_eq!(found(Some(&flipped)), altered);
        let other = fs::read(&files[2]).unwrap();
        assert_eq!(found(Some(&other)), altered, "one in the place of another");
    }
    assert!(bench.verify(&vault, &manifest.id).is_good());
    // What was shipped before the damage is not lost with it.
    fs::remove_file(&files[1]).unwrap();
    let folder = bench.folder.path().join("before");
    let restored = |to: Option<Timestamp>| vault.restore(&manifest.id, &folder, to);
    let second = Timestamp(manifest.ended_at + 2_000);
    assert!(restored(None).is_err() && restored(Some(second)).is_err());
    assert_eq!(restored(Some(Timestamp(manifest.ended_at + 1_000))).unwrap().segments, 1);
    let early = restored(Some(Timestamp(manifest.ended_at - 1)));
    assert!(early.unwrap_err().to_string().contains("complete only at"));
}

#[test]
fn what_no_backup_needs_is_pruned_with_it() {
    let bench = Bench::new(0);
    let vault = bench.vault();
    let (shipper, _) = based(&bench, &vault);
    let old = shipper.line().to_owned();
    bench.insert("after");
    shipper.ship().unwrap();
    bench.clock.advance(Duration::from_secs(40 * 86_400));
    let (new, manifest) = based(&bench, &vault);
    assert!(bench.verify(&vault, &manifest.id).is_good());
    vault.prune(Duration::from_secs(30 * 86_400)).unwrap();
    let left = |line: &str| super::walk(&bench.place()).iter().any(|path| path.display().to_string().contains(line));
    assert!(!left(&old) && left(new.line()));
}
