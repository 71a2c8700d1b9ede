//! What a replay finds, on both databases.

use axiomcore::store::{Connection, Database, Value as Cell};
use serde_json::json;

use super::{Fault, Report, verify};
use crate::log::{Told, What, history};
use crate::runtime::bench::{Bench, check, on_both};
use crate::runtime::{Ask, Config};

/// A server's inside that has lived a little, stopped: thirty steps, a reset and keys; then an agent with large states.
fn lived(open: &dyn Fn() -> Database) -> Bench {
    let bench = Bench::open(open(), Config::default());
    bench.create(&["a", "b"], bench.model("watchdog"));
    bench.create(&["g"], bench.model("grid"));
    for n in 0..30 {
        let answer = bench.ask(bench.keyed("a", check(if n % 4 == 0 { 5000 } else { 40 }), &format!("key-{n}")));
        assert!(answer.is_ok());
        if n == 12 {
            bench.ask(bench.request("a", Ask::Reset)).unwrap();
        }
        bench.ask(bench.step("b", check(40))).unwrap();
        bench.ask(bench.step("g", json!({}))).unwrap();
    }
    bench.runtime.stop();
    bench
}

fn replayed(bench: &Bench) -> Report {
    verify(bench.log.database(), &bench.library, &mut |_| {})
}

fn write(bench: &Bench, sql: &str, values: &[Cell<'_>]) {
    assert_eq!(bench.log.database().write_blocking(|connection| connection.execute(sql, values)).unwrap(), 1, "{sql}");
}

/// The place and body of agent `a`'s event with this revision.
fn event(bench: &Bench, revision: i64) -> (u64, Told, Vec<u8>) {
    let find = |connection: &mut dyn Connection| {
        let sql = "SELECT seq FROM events WHERE agent = 1 AND revision = $1";
        let seq = connection.query(sql, &[revision.into()])?[0].int(0)?.unsigned_abs();
        history::event(connection, seq)
    };
    let event = bench.log.database().read_blocking(find).unwrap();
    (event.seq, event.told, event.bytes)
}

/// Replays with another body in a row, then puts the old one back.
fn with_body(bench: &Bench, seq: u64, old: &Vec<u8>, new: &Vec<u8>) -> Report {
    let sql = "UPDATE events SET body = $2 WHERE seq = $1";
    write(bench, sql, &[(seq as i64).into(), new.into()]);
    let report = replayed(bench);
    write(bench, sql, &[(seq as i64).into(), old.into()]);
    report
}

fn faults(report: &Report, seq: u64) -> Vec<Fault> {
    report.findings.iter().filter(|finding| finding.seq == seq).map(|finding| finding.fault).collect()
}

#[test]
fn a_log_that_nobody_touched_is_decided_again_to_the_same_bits() {
    on_both(|open| {
        let report = replayed(&lived(open));
        assert_eq!(report, Report { events: 94, steps: 90, agents: 3, ..Report::default() });
    });
}

#[test]
fn every_flipped_bit_of_a_body_is_found_at_its_event() {
    on_both(|open| {
        let bench = lived(open);
        let (seq, _, old) = event(&bench, 8);
        for byte in (0..old.len()).step_by(3) {
            let mut new = old.clone();
            new[byte] ^= 1 << (byte % 8);
            let found = faults(&with_body(&bench, seq, &old, &new), seq);
            assert!(found.contains(&Fault::Commitment) || found.contains(&Fault::Unreadable), "byte {byte}: {found:?}");
        }
        assert!(replayed(&bench).is_clean());
    });
}

#[test]
fn changed_beliefs_and_changed_decisions_are_named_for_what_they_are() {
    on_both(|open| {
        let bench = lived(open);
        let (seq, told, old) = event(&bench, 8);
        let What::Stepped(step) = told.what.clone() else { panic!("it is a step") };
        let told_with = |step| Told { what: What::Stepped(step), ..told.clone() }.encode().unwrap();
        let mut snapshot = step.clone();
        // The lowest bits of a probability: still a distribution, only another one.
        let at = snapshot.state.as_ref().unwrap().len() - 8;
        snapshot.state.as_mut().unwrap()[at] ^= 1;
        let report = with_body(&bench, seq, &old, &told_with(snapshot));
        assert!(faults(&report, seq).contains(&Fault::Snapshot), "{report:?}");
        let mut decision = step;
        decision.action[0] ^= 1;
        let report = with_body(&bench, seq, &old, &told_with(decision));
        assert!(faults(&report, seq).contains(&Fault::Decision), "{report:?}");
        assert_eq!(report.findings[0].agent.as_deref(), Some("a"));
    });
}

#[test]
fn rows_that_are_removed_renumbered_or_pointed_elsewhere_are_found() {
    on_both(|open| {
        let bench = lived(open);
        let (seq, told, _) = event(&bench, 10);
        let (next, ..) = event(&bench, 11);
        let far_step = told.step;
        for (sql, place) in [
            ("UPDATE events SET prev = prev - 1 WHERE seq = $1", seq),
            ("UPDATE events SET revision = revision + 1 WHERE seq = $1", seq),
            ("UPDATE events SET commitment = body WHERE seq = $1", seq),
            ("DELETE FROM events WHERE seq = $1", next),
        ] {
            write(&bench, sql, &[(seq as i64).into()]);
            let report = replayed(&bench);
            assert!(!faults(&report, place).is_empty(), "{sql} ({far_step}): {report:?}");
            if sql.starts_with("UPDATE events SET prev") {
                write(&bench, "UPDATE events SET prev = prev + 1 WHERE seq = $1", &[(seq as i64).into()]);
            } else if sql.starts_with("UPDATE events SET revision") {
                write(&bench, "UPDATE events SET revision = revision - 1 WHERE seq = $1", &[(seq as i64).into()]);
            }
        }
    });
}

#[test]
fn a_model_that_was_edited_in_the_database_is_found() {
    on_both(|open| {
        let bench = lived(open);
        write(
            &bench,
            "UPDATE models SET document = replace(document, '.97, slow: .025', '.96, slow: .035') WHERE name = 'watchdog'",
            &[],
        );
        let bench = Bench::open(open(), Config::default());
        let report = replayed(&bench);
        bench.runtime.stop();
        assert!(report.findings.iter().any(|finding| finding.fault == Fault::Model), "{report:?}");
    });
}
