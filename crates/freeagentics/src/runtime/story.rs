//! What a runtime promises, on both databases.

use std::collections::BTreeSet;

use axiomcore::config::ByteSize;
use axiomcore::store::{Database, Location};
use serde_json::json;
use testbed::Postgres;

use super::bench::{Bench, beliefs, check, on_both};
use super::*;
use crate::agents::store;
use crate::log::history;

#[test]
fn steps_are_numbered_without_gaps_and_beliefs_survive_a_new_start() {
    on_both(|open| {
        let bench = Bench::open(open(), Config::default());
        let model = bench.model("watchdog");
        assert_eq!(bench.create(&["a", "b"], model), [true, true]);
        assert_eq!(bench.create(&["b", "c"], model), [false, true], "a name that is taken stays as it is");
        let asks =
            (0..40).flat_map(|n| ["a", "b"].map(|name| bench.step(name, check(if n % 3 == 0 { 5000 } else { 40 }))));
        let answers = bench.ask_all(asks.collect());
        let steps: Vec<u64> = answers.iter().step_by(2).map(|answer| answer.as_ref().unwrap().step).collect();
        assert_eq!(steps, (1..=40).collect::<Vec<_>>());
        let before = answers[78].as_ref().unwrap().clone();
        bench.runtime.stop();

        let bench = Bench::open(open(), Config::default());
        let mut dry = bench.step("a", check(40));
        if let Ask::Step(step) = &mut dry.ask {
            step.dry_run = true;
        }
        let again = bench.ask(dry).unwrap();
        let next = bench.ask(bench.step("a", check(40))).unwrap();
        assert_eq!((before.step, again.step, next.step, next.revision), (40, 41, 41, 42));
        assert_eq!(beliefs(&again), beliefs(&next), "a dry run decides as the real one, and leaves no trace");
        bench.runtime.stop();
    });
}

#[test]
fn the_same_key_gets_the_first_answer_another_body_is_refused_and_the_window_ends() {
    on_both(|open| {
        let bench = Bench::open(open(), Config::default());
        let model = bench.model("watchdog");
        bench.create(&["a"], model);
        let first = bench.ask(bench.keyed("a", check(5000), "k1")).unwrap();
        let spelled = json!({ "deep_probe": "none", "check": 5000.0 });
        let again = bench.ask(bench.keyed("a", spelled.clone(), "k1")).unwrap();
        assert_eq!((again.step, again.replayed, &again.json), (first.step, true, &first.json));
        assert!(matches!(bench.ask(bench.keyed("a", check(40), "k1")), Err(Refused::KeyReused)));
        bench.runtime.stop();

        // A new process knows the keys from the log.
        let bench = Bench::open(open(), Config::default());
        let again = bench.ask(bench.keyed("a", spelled, "k1")).unwrap();
        assert_eq!((again.step, again.replayed, again.json), (first.step, true, first.json));
        let many = (0..32).map(|n| bench.keyed("a", check(40), &format!("later-{n}"))).collect();
        assert!(bench.ask_all(many).iter().all(Result::is_ok));
        assert!(matches!(bench.ask(bench.keyed("a", check(5000), "k1")), Err(Refused::WindowPassed)));
        let mut reset = bench.request("a", Ask::Reset);
        reset.guarded.idempotency_key = Some("reset".into());
        let mut reset_again = bench.request("a", Ask::Reset);
        reset_again.guarded.idempotency_key = Some("reset".into());
        let (one, two) = (bench.ask(reset).unwrap(), bench.ask(reset_again).unwrap());
        assert_eq!((one.episode, two.episode, one.revision, two.revision), (2, 2, two.revision, one.revision));
        bench.runtime.stop();
    });
}

#[test]
fn a_repeated_key_in_flight_waits_for_the_first_answer() {
    on_both(|open| {
        let bench = Bench::open(open(), Config::default());
        bench.create(&["a"], bench.model("watchdog"));
        let same = (0..50).map(|_| bench.keyed("a", check(5000), "only-once")).collect();
        let answers = bench.ask_all(same);
        assert!(answers.iter().all(|answer| answer.as_ref().unwrap().step == 1));
        assert_eq!(answers.iter().filter(|answer| !answer.as_ref().unwrap().replayed).count(), 1);
        bench.runtime.stop();
    });
}

#[test]
fn an_agent_is_found_from_the_moment_in_which_it_is_made() {
    on_both(|open| {
        let bench = Bench::open(open(), Config::default());
        let (model, number, done) = (bench.model("watchdog"), AtomicUsize::new(0), AtomicBool::new(false));
        let look = || {
            while !done.load(Ordering::Relaxed) {
                let name = format!("agent-{}", number.load(Ordering::Relaxed));
                let stored =
                    bench.log.database().read_blocking(|connection| store::find(connection, 1, &name)).unwrap();
                let Some(key) = stored.map(|stored| stored.key) else { continue };
                let head = bench.log.database().read_blocking(|connection| bench.log.head(connection, 1, key)).unwrap();
                assert!(head.is_some(), "{name} is there and has no events");
            }
        };
        std::thread::scope(|scope| {
            let looking: Vec<_> = (0..3).map(|_| scope.spawn(look)).collect();
            for n in 0..400 {
                number.store(n, Ordering::Relaxed);
                bench.create(&[&format!("agent-{n}")], model);
            }
            done.store(true, Ordering::Relaxed);
            looking.into_iter().for_each(|looking| looking.join().unwrap());
        });
        bench.runtime.stop();
    });
}

#[test]
fn resets_deletions_and_revisions_are_honoured() {
    on_both(|open| {
        let bench = Bench::open(open(), Config::default());
        bench.create(&["a"], bench.model("watchdog"));
        let fresh = bench.ask(bench.step("a", check(5000))).unwrap();
        bench.ask(bench.step("a", check(5000))).unwrap();
        let reset = bench.ask(bench.request("a", Ask::Reset)).unwrap();
        assert_eq!((reset.step, reset.episode, reset.revision), (2, 2, 4));
        let after = bench.ask(bench.step("a", check(5000))).unwrap();
        assert_eq!(beliefs(&after), beliefs(&fresh), "a new episode begins from the prior");
        assert_eq!((after.step, after.episode), (3, 2));
        let mut late = bench.step("a", check(40));
        late.guarded.if_match = Some(4);
        assert!(matches!(bench.ask(late), Err(Refused::RevisionMismatch(5))));
        bench.ask(bench.request("a", Ask::Delete)).unwrap();
        assert!(matches!(bench.ask(bench.step("a", check(40))), Err(Refused::Deleted)));
        assert!(matches!(bench.ask(bench.step("nobody", check(40))), Err(Refused::NotFound)));
        assert_eq!(bench.create(&["a"], bench.model("watchdog")), [false], "the name is not free again");
        bench.runtime.stop();
    });
}

#[test]
fn agents_beyond_the_bound_of_memory_are_read_again_and_lose_nothing() {
    on_both(|open| {
        let config = Config { memory: ByteSize::kib(4), shards: 2, ..Config::default() };
        let bench = Bench::open(open(), config);
        let names: Vec<String> = (0..100).map(|n| format!("agent-{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        bench.create(&names, bench.model("tmaze"));
        let see = json!({ "seen_place": "centre", "cue_says": "nothing", "felt": "nothing" });
        for round in 1..=5 {
            let answers = bench.ask_all(names.iter().map(|name| bench.step(name, see.clone())).collect());
            assert!(answers.iter().all(|answer| answer.as_ref().unwrap().step == round), "round {round}");
        }
        bench.runtime.stop();
    });
}

#[test]
fn costly_models_decide_in_their_lane_and_keep_their_order() {
    on_both(|open| {
        let config = Config { heavy: 1, ..Config::default() };
        let bench = Bench::open(open(), config);
        bench.create(&["a", "b"], bench.model("watchdog"));
        let asks = (0..30).flat_map(|_| ["a", "b"].map(|name| bench.step(name, check(5000)))).collect();
        let steps: Vec<u64> = bench.ask_all(asks).iter().map(|answer| answer.as_ref().unwrap().step).collect();
        assert_eq!(steps, (1..=30).flat_map(|n| [n, n]).collect::<Vec<_>>());
        bench.runtime.stop();
    });
}

#[test]
fn every_step_of_the_log_is_decided_again_to_the_same_bits() {
    on_both(|open| {
        let bench = Bench::open(open(), Config::default());
        bench.create(&["a"], bench.model("grid"));
        let start = bench.library.compiled_blocking(1, bench.model("grid")).unwrap();
        let modality = &start.engine.model().spec().modalities[0];
        let asks = (0..70).map(|n| bench.step("a", json!({ &modality.name: modality.labels[n % 3] }))).collect();
        let answers = bench.ask_all(asks);
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        let database = bench.log.database().clone();
        let key = 1;
        for wanted in [1, 15, 16, 17, 33, 63, 64, 65, 70] {
            let (event, explained) = database
                .read_blocking(|connection| {
                    let head = bench.log.head(connection, 1, key)?.unwrap();
                    let event = history::at_step(connection, head.seq, wanted)?.unwrap();
                    let explained =
                        crate::decisions::replay::explain(connection, &bench.library, 1, &event, Level::Summary)?;
                    Ok((event, explained))
                })
                .unwrap();
            assert_eq!(event.told.step, wanted);
            assert!(explained.is_identical(), "step {wanted}");
            assert_eq!(explained.json, answers[wanted as usize - 1].as_ref().unwrap().json);
        }
        bench.runtime.stop();
    });
}

#[test]
fn an_observation_that_does_not_fit_is_refused_with_its_place_and_nothing_happens() {
    on_both(|open| {
        let bench = Bench::open(open(), Config::default());
        bench.create(&["a"], bench.model("watchdog"));
        let mut wrong = bench.step("a", json!({ "chekc": 40 }));
        if let Ask::Step(step) = &mut wrong.ask {
            step.observed.executed = Some(serde_json::value::to_raw_value("restrat").unwrap().into());
            step.observed.elapsed = Some(0);
        }
        let Err(Refused::Observation(problems)) = bench.ask(wrong) else { panic!("it should be refused") };
        let pointers: BTreeSet<&str> = problems.problems.iter().map(|problem| problem.pointer.as_str()).collect();
        assert_eq!(pointers, BTreeSet::from(["/elapsed", "/executed_action", "/observation/chekc"]));
        let patch = json!([
            { "op": "move", "from": "/observation/chekc", "path": "/observation/check" },
            { "op": "replace", "path": "/executed_action", "value": "restart" },
        ]);
        assert_eq!(json!(problems.patch()), patch);
        assert_eq!(bench.ask(bench.step("a", check(40))).unwrap().step, 1);
        bench.runtime.stop();
    });
}

#[test]
fn a_failing_database_answers_everybody_and_what_was_acknowledged_stays() {
    let threads = tokio::runtime::Runtime::new().unwrap();
    let mut postgres = Postgres::start();
    let server = Location::Postgres(postgres.url());
    let bench = Bench::open(Database::open(&server, 8, threads.handle().clone()).unwrap(), Config::default());
    bench.create(&["a", "b"], bench.model("watchdog"));
    let before = bench.ask(bench.step("a", check(5000))).unwrap();
    postgres.kill();
    let asks = (0..20).flat_map(|_| ["a", "b"].map(|name| bench.step(name, check(40)))).collect();
    let answers = bench.ask_all(asks);
    assert!(answers.iter().all(|answer| matches!(answer, Err(Refused::Store(_)))), "{answers:?}");
    postgres.restart();
    let mut after = bench.ask(bench.step("a", check(40)));
    for _ in 0..50 {
        if after.is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        after = bench.ask(bench.step("a", check(40)));
    }
    assert_eq!((before.step, after.unwrap().step), (1, 2));
    bench.clock.advance(Duration::from_secs(1));
    bench.runtime.stop();
}
