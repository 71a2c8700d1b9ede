//! What agents have learnt is their own, and outlives episodes and servers; on both databases.

use axiomcore::store::Database;
use freeagentics_inference::engine::{Engine, Input, SavedError, State};
use freeagentics_inference::model::Evidence;
use serde_json::{Value, json};

use super::bench::{Bench, on_both};
use super::*;
use crate::agents::{AgentName, Brought, Labels, NewAgent};
use crate::replay::{Report, verify};

/// Learners whose states are in every event, and such whose states are too large for that.
const SIZES: [usize; 2] = [2, 100];

/// A lamp of so many states, of which the first half is mostly seen to be on.
fn document(states: usize) -> String {
    let names: Vec<String> = (0..states).map(|state| format!("s{state}")).collect();
    let row = |first: f64, last: f64| -> Vec<f64> {
        (0..states).map(|state| if 2 * state < states { first } else { last }).collect()
    };
    let (on, off) = (row(0.8, 0.3), row(0.2, 0.7));
    format!(
        "freeagentics: 1\nname: learner{states}\nfactors: {{ lamp: [{}] }}\nmodalities: {{ light: [on_, off_] }}\n\
         likelihood: {{ light: {{ given: [lamp], table: [{on:?}, {off:?}] }} }}\ntransition: {{ lamp: {{ table: uniform }} }}\n\
         learning: {{ likelihood: {{ light: 2 }}, prior: {{ lamp: 3 }} }}\n",
        names.join(", ")
    )
}

/// The digest of a decision that was answered.
fn digest(answer: &Answer) -> String {
    let json: Value = serde_json::from_str(&answer.as_ref().unwrap().json).unwrap();
    json["digest"].as_str().unwrap().to_owned()
}

/// An agent on an engine alone, without a server.
struct Alone<'e>(&'e Engine, State);

impl Alone<'_> {
    fn see(&mut self, on: bool) -> String {
        let evidence = [Evidence::Index(usize::from(!on))];
        let mut scratch = self.0.scratch();
        self.0.step(&mut self.1, &Input::new(&evidence), 1, &mut scratch).unwrap().digest().to_string()
    }
}

fn see(bench: &Bench, agent: &str, on: bool) -> String {
    digest(&bench.ask(bench.step(agent, json!({ "light": if on { "on_" } else { "off_" } }))))
}

fn replayed(bench: &Bench) -> Report {
    verify(bench.log.database(), &bench.library, &mut |_| {})
}

#[test]
fn what_an_agent_has_learnt_is_nobody_elses() {
    on_both(|open| {
        let bench = Bench::open(open(), Config { shards: 1, ..Config::default() });
        for states in SIZES {
            let model = bench.written(&document(states));
            let names = [format!("one{states}"), format!("other{states}")];
            bench.create(&names.each_ref().map(String::as_str), model);
            let first = see(&bench, &names[0], true);
            (0..5).for_each(|n| drop(see(&bench, &names[0], n % 2 == 0)));
            assert_eq!(see(&bench, &names[1], true), first, "who comes second has learnt nothing yet");
        }
        assert!(replayed(&bench).is_clean());
        bench.runtime.stop();
    });
}

#[test]
fn what_an_agent_has_learnt_outlives_its_episodes_and_the_server() {
    on_both(|open| SIZES.into_iter().for_each(|states| outlives(open, states)));
}

fn outlives(open: &dyn Fn() -> Database, states: usize) {
    let bench = Bench::open(open(), Config { shards: 1, ..Config::default() });
    let model = bench.written(&document(states));
    let name = format!("agent{states}");
    bench.create(&[&name], model);
    let compiled = bench.library.compiled_blocking(1, model).unwrap();
    let mut alone = Alone(&compiled.engine, compiled.engine.start());
    let live = |bench: &Bench, alone: &mut Alone<'_>, steps: usize| {
        for n in 0..steps {
            assert_eq!(see(bench, &name, n % 3 == 0), alone.see(n % 3 == 0), "step {n} with {states} states");
        }
    };
    live(&bench, &mut alone, 20);
    (0..3).for_each(|_| drop(bench.ask(bench.request(&name, Ask::Reset)).unwrap()));
    alone.1.reset();
    let unlearnt = Alone(&compiled.engine, compiled.engine.start()).see(true);
    let mut again = Alone(&compiled.engine, alone.1.clone());
    assert_ne!(again.see(true), unlearnt, "it has learnt something");
    live(&bench, &mut alone, 3);
    bench.ask(bench.request(&name, Ask::Reset)).unwrap();
    alone.1.reset();
    bench.runtime.stop();

    // Another server reads it from the log: over a reset, and over steps and a reset behind it.
    let bench = Bench::open(open(), Config { shards: 1, ..Config::default() });
    live(&bench, &mut alone, 2);
    bench.runtime.stop();
    let bench = Bench::open(open(), Config { shards: 1, ..Config::default() });
    live(&bench, &mut alone, 2);
    let report = replayed(&bench);
    assert!(report.is_clean(), "{report:?}");
    bench.runtime.stop();
}

/// The saved state of somebody between two episodes who has learnt nothing yet, with `count` of all that can be learnt about
/// the lamp of two states in place of that.
fn having_counted(engine: &Engine, count: f64) -> Vec<u8> {
    let mut bytes = Vec::new();
    engine.save(&engine.start(), &mut bytes).unwrap();
    let mut learnt = vec![6];
    (0..6).for_each(|_| learnt.extend([&[0][..], &count.to_le_bytes()].concat()));
    // Two lists that are empty stand at its end: what was learnt, and what an episode has put by.
    bytes.truncate(bytes.len() - 2);
    [bytes, learnt.clone(), learnt].concat()
}

#[test]
fn a_state_that_an_earlier_version_let_in_keeps_no_log_from_being_good_and_its_agent_can_be_deleted() {
    on_both(|open| {
        let bench = Bench::open(open(), Config { shards: 1, ..Config::default() });
        let model = bench.written(&document(2));
        let compiled = bench.library.compiled_blocking(1, model).unwrap();
        let brought = |name: &str, count: f64| {
            let state = Some(having_counted(&compiled.engine, count));
            let (name, labels) = (AgentName::new(name).unwrap(), Labels::select(["team=a"]).unwrap());
            let brought = Some(Brought { step: 0, episode: 1, state });
            let new = [NewAgent { name, model, seed: 1, labels, brought }];
            assert_eq!(bench.runtime.create_blocking(&bench.principal, &new).unwrap(), [true]);
        };
        brought("most", 1e26);
        brought("beyond", 1.7e308);
        assert_eq!(compiled.engine.load(&having_counted(&compiled.engine, 1.7e308)), Err(SavedError::Beyond));
        for n in 0..6 {
            see(&bench, "most", n % 2 == 0);
            bench.ask(bench.request("most", Ask::Reset)).unwrap();
            assert!(bench.ask(bench.step("beyond", json!({ "light": "on_" }))).is_err());
            bench.ask(bench.request("beyond", Ask::Reset)).unwrap();
        }
        bench.ask(bench.request("beyond", Ask::Delete)).unwrap();
        let report = replayed(&bench);
        assert!(report.is_clean(), "{report:?}");
        bench.runtime.stop();
    });
}
