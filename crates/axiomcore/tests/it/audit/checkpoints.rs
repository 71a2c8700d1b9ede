//! Checkpoints and the anchor: made when something has happened, by whichever node comes first, and complete after a crash.

use std::fs;
use std::time::Duration;

use axiomcore::audit::{Against, AuditError, Config, Erase, Fault, Place, verify_database};
use axiomcore::config::Period;

use super::{Ground, Rows, clerk, entry, on_both_databases};

on_both_databases!(
    checkpoints_follow_each_other_in_the_database_and_in_the_anchor,
    an_anchor_that_a_crash_left_behind_is_completed,
    old_entries_go_under_a_checkpoint_that_says_so,
    nodes_share_one_key_and_one_row_of_checkpoints,
    a_key_is_handed_over_and_verification_follows,
    nothing_goes_from_a_record_that_is_held,
    a_node_that_is_asked_twice_at_once_anchors_every_checkpoint_once,
);

fn checkpoints_follow_each_other_in_the_database_and_in_the_anchor(ground: &Ground) {
    let bench = ground.open();
    for round in 0..5 {
        bench.live(10 * round, 10);
        bench.finish();
        bench.finish();
    }
    let report = bench.verify();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.checkpoints, report.unanchored), (5, 0), "nothing new, no checkpoint");
    assert_eq!(fs::read_to_string(&bench.anchor).unwrap().lines().count(), 5);
    let pinned = Against { anchor: None, key: Some(bench.audit.public_key_blocking().unwrap()) };
    assert!(verify_database(&bench.database, None, &pinned).unwrap().is_clean());
    let other = Against { anchor: None, key: Some([7; 32]) };
    let report = verify_database(&bench.database, None, &other).unwrap();
    assert_eq!(report.findings[0].fault, Fault::WrongKey);
}

fn an_anchor_that_a_crash_left_behind_is_completed(ground: &Ground) {
    let bench = ground.open();
    bench.live(0, 10);
    bench.finish();
    let before = fs::read_to_string(&bench.anchor).unwrap();
    bench.live(10, 10);
    bench.finish();
    let whole = fs::read_to_string(&bench.anchor).unwrap();
    // The checkpoint was committed, and half of its line written.
    fs::write(&bench.anchor, &whole[..before.len() + 40]).unwrap();
    let again = ground.open();
    again.finish();
    assert_eq!(fs::read_to_string(&bench.anchor).unwrap(), whole);
    assert!(again.verify().is_clean());
    fs::remove_file(&bench.anchor).unwrap();
    assert_eq!(again.verify().findings[0].fault, Fault::AnchorMissing);
}

fn old_entries_go_under_a_checkpoint_that_says_so(ground: &Ground) {
    let config = Config { retention: Period::seconds(86_400), ..Config::default() };
    let bench = ground.open_with(config, 1);
    bench.live(0, 30);
    bench.finish();
    bench.clock.advance(Duration::from_secs(86_400));
    bench.live(30, 3);
    bench.finish();
    let report = bench.verify();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.entries, bench.count("audit_entries")), (3, 3));
    bench.live(33, 9);
    bench.finish();
    assert!(bench.verify().is_clean());
    // What nobody signed is no retention.
    bench.execute("DELETE FROM audit_entries WHERE workspace = 1 AND seq = 21", &[]);
    let report = bench.verify();
    assert_eq!((report.findings[0].place, report.findings[0].fault), (entry(1, 21), Fault::Removed));
}

fn nodes_share_one_key_and_one_row_of_checkpoints(ground: &Ground) {
    let nodes: Vec<_> = (0..2).map(|seed| ground.open_with(Config::default(), seed)).collect();
    assert_eq!(nodes[0].audit.public_key_blocking().unwrap(), nodes[1].audit.public_key_blocking().unwrap());
    std::thread::scope(|scope| {
        for node in &nodes {
            scope.spawn(|| {
                for round in 0..10 {
                    node.live(10 * round, 3);
                    node.finish();
                }
            });
        }
    });
    // Each node has an anchor of its own; here they write the same file, so it is only compared without it.
    let against = Against { anchor: None, key: Some(nodes[0].audit.public_key_blocking().unwrap()) };
    let report = verify_database(&nodes[0].database, Some(&Rows), &against).unwrap();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.entries, report.uncovered, report.log_rows), (60, 0, 60));
    nodes[0].execute("DELETE FROM rows WHERE seq = 7", &[]);
    let report = verify_database(&nodes[0].database, Some(&Rows), &against).unwrap();
    assert!(matches!(report.findings[0].place, Place::Log { after, to } if after < 7 && to >= 7), "{report:?}");
}

fn a_node_that_is_asked_twice_at_once_anchors_every_checkpoint_once(ground: &Ground) {
    let bench = ground.open();
    std::thread::scope(|scope| {
        for at in 0..3 {
            let bench = &bench;
            scope.spawn(move || {
                for round in 0..10 {
                    bench.live(100 * at + round, 1);
                    bench.finish();
                }
            });
        }
    });
    let report = bench.verify();
    assert!(report.is_clean(), "{report:?}");
    let lines = fs::read_to_string(&bench.anchor).unwrap().lines().count() as u64;
    assert_eq!((report.unanchored, report.uncovered, lines), (0, 0, report.checkpoints));
}

fn a_key_is_handed_over_and_verification_follows(ground: &Ground) {
    let elsewhere = Config { anchor_file: Some(ground.folder.path().join("other.jsonl")), ..Config::default() };
    let (bench, other) = (ground.open(), ground.open_with(elsewhere, 2));
    let first = bench.audit.public_key_blocking().unwrap();
    let mut keys = vec![first];
    for round in 0..3 {
        bench.live(20 * round, 10);
        bench.finish();
        keys.push(ground.rotate_key(&bench, 100 + round as u64));
        // A node that has seen nothing of it signs with the new key too.
        other.live(20 * round + 10, 5);
        other.finish();
    }
    assert_eq!(other.audit.public_key_blocking().unwrap(), keys[3]);
    let report = bench.verify();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.public_key, Some(axiomcore::hex::encode(&keys[3])));
    for key in &keys {
        let report = verify_database(&bench.database, None, &Against { anchor: None, key: Some(*key) }).unwrap();
        assert!(report.is_clean(), "each of them vouches for all of it: {report:?}");
    }
    // A key that nobody has handed over to is another one's.
    let handed_over = bench.lines().into_iter().find(|line| line.contains("next_key")).unwrap();
    bench.execute("DELETE FROM audit_checkpoints WHERE line = $1", &[handed_over.as_str().into()]);
    let findings = bench.verify().findings;
    let faults: Vec<Fault> = findings.iter().map(|finding| finding.fault).collect();
    assert!(faults[0] == Fault::Removed && faults.contains(&Fault::WrongKey), "{findings:?}");
}

fn nothing_goes_from_a_record_that_is_held(ground: &Ground) {
    let config = Config { retention: Period::seconds(86_400), ..Config::default() };
    let bench = ground.open_with(config, 1);
    bench.live(0, 30);
    bench.finish();
    bench.audit.hold_blocking(1, "case 7", &clerk("officer")).unwrap();
    let held = bench.audit.hold_blocking(1, "case 7 and 8", &clerk("another")).unwrap();
    assert_eq!((held.principal.as_str(), held.reason.as_str()), ("officer", "case 7 and 8"));
    let officer = clerk("officer");
    let erase = |workspace| bench.audit.erase_blocking(workspace, &Erase::Principal("ann".into()), &officer);
    assert!(matches!(erase(1), Err(AuditError::Held)));
    assert_eq!(erase(2).unwrap(), 5, "only that workspace");
    bench.clock.advance(Duration::from_secs(2 * 86_400));
    bench.live(30, 3);
    bench.finish();
    assert_eq!(bench.count("audit_entries WHERE workspace = 1 AND subject LIKE 'thing%' AND principal = 'ann'"), 11);
    assert_eq!(
        bench.count("audit_entries WHERE workspace = 2 AND action = 'thing.make'"),
        1,
        "the other goes by its age"
    );
    let release = || bench.audit.release_blocking(1, &officer).unwrap();
    assert!(release() && !release());
    assert_eq!(erase(1).unwrap(), 11);
    bench.clock.advance(Duration::from_secs(2 * 86_400));
    bench.live(33, 1);
    bench.finish();
    assert!(bench.count("audit_entries WHERE workspace = 1") < 5, "and goes now");
    assert!(bench.verify().is_clean());
}
