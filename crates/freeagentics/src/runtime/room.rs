//! Models that nobody has asked for since longest make room for others; on both databases.

use std::sync::Arc;

use axiomcore::config::ByteSize;
use axiomcore::store::Database;
use serde_json::{Value, json};

use super::bench::{Bench, on_both};
use super::*;

/// So many models are stepped in turn; about two of them fit into [`TIGHT`].
const MODELS: usize = 6;
const TIGHT: ByteSize = ByteSize::mib(3);

/// A short document of a model that takes a megabyte.
fn document(n: usize) -> String {
    let names: Vec<String> = (0..200).map(|state| format!("s{state}")).collect();
    format!(
        "freeagentics: 1\nname: wide{n}\nfactors: {{ f: [{}] }}\ncontrols: {{ act: [a, b] }}\nmodalities: {{ o: [x, y] }}\n\
         likelihood: {{ o: {{ given: [f], table: uniform }} }}\n\
         transition: {{ f: {{ by: [act], given: [f], table: uniform }} }}\npreference: {{ o: {{ x: {} }} }}\n",
        names.join(", "),
        n + 1
    )
}

#[test]
fn models_make_room_for_others_and_decide_the_same_when_they_are_asked_for_again() {
    on_both(|open| {
        let heavy = Config::default().heavy;
        let roomy = lived(open, "roomy", Config { shards: 2, ..Config::default() });
        assert_eq!(lived(open, "tight", Config { shards: 2, model_memory: TIGHT, ..Config::default() }), roomy);
        assert_eq!(
            lived(open, "lane", Config { shards: 2, model_memory: TIGHT, heavy: 1, ..Config::default() }),
            roomy
        );
        assert!(heavy > 1, "the others were not in the lane");
    });
}

/// What agents of all the models decide, three times in turn.
fn lived(open: &dyn Fn() -> Database, who: &str, config: Config) -> Vec<String> {
    let is_tight = config.model_memory == TIGHT;
    let bench = Bench::open(open(), config);
    let models: Vec<i64> = (0..MODELS).map(|n| bench.written(&document(n))).collect();
    for (n, model) in models.iter().enumerate() {
        bench.create(&[&format!("{who}{n}")], *model);
    }
    let see = |n: usize| {
        let answer = bench.ask(bench.step(&format!("{who}{n}"), json!({ "o": "x" }))).unwrap();
        let json: Value = serde_json::from_str(&answer.json).unwrap();
        json["digest"].as_str().unwrap().to_owned()
    };
    let mut digests: Vec<String> = (0..2 * MODELS).map(|n| see(n % MODELS)).collect();
    let first = Arc::downgrade(&bench.library.compiled_blocking(1, models[0]).unwrap());
    digests.extend((0..MODELS).map(see));
    assert_eq!(first.strong_count() == 0, is_tight, "a seat must not keep what has made room");
    let kept: Vec<bool> = models.iter().map(|model| bench.library.known(1, *model).is_some()).collect();
    assert_eq!(kept.iter().all(|kept| *kept), !is_tight, "{kept:?}");
    assert!(kept[MODELS - 1], "what was asked for last is there");
    bench.runtime.stop();
    digests
}
