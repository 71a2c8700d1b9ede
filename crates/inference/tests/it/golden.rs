//! Digests of decisions that may not change while the numerics version stays the same.
//!
//! One line per run: its name, then the first sixteen digits of every step's digest. All kernels of this machine,
//! and debug and release builds, have to give the same. After a wanted change (and a
//! new `numerics::VERSION`), write the new file with `FREEAGENTICS_GOLDEN=write cargo nextest run golden`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use freeagentics_inference::engine::Engine;
use freeagentics_inference::model::Model;
use freeagentics_inference::numerics::{self, Kernels};

use crate::agent::Agent;
use crate::bench_models;
use crate::bench_models::world::World;
use crate::properties::random_models;

/// The starts of every run's digests, step by step.
type Digests = BTreeMap<String, Vec<String>>;

const STEPS: usize = 8;
const RANDOM_MODELS: u64 = 60;

#[test]
fn decisions_have_the_digests_they_had_when_this_numerics_version_was_made() {
    let path = file();
    if std::env::var("FREEAGENTICS_GOLDEN").is_ok_and(|wish| wish == "write") {
        std::fs::write(&path, written(&digests(Kernels::plain()))).expect("the golden file can be written");
    }
    let kept = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; a new version needs a new file, see above", path.display()));
    let kept = read(&kept);
    for kernels in Kernels::available() {
        println!("{} runs of {STEPS} steps with {} kernels", kept.len(), kernels.name());
        same(kernels.name(), &digests(kernels), &kept);
    }
}

fn same(kernels: &str, ours: &Digests, kept: &Digests) {
    assert_eq!(kept.keys().collect::<Vec<_>>(), ours.keys().collect::<Vec<_>>(), "other runs than in the file");
    let changed: Vec<String> = ours.iter().filter_map(|(name, ours)| change(name, ours, &kept[name])).collect();
    let version = numerics::VERSION;
    let what = changed.join("\n");
    assert!(changed.is_empty(), "with {kernels} kernels results changed, but not the version {version}:\n{what}");
}

/// Every run by name: the benchmark models, and random ones.
fn digests(kernels: Kernels) -> Digests {
    let benches = bench_models::all().into_iter().map(|model| (model.name.to_owned(), model.spec, model.options));
    let runs = benches.chain(random_models(RANDOM_MODELS));
    runs.map(|(name, spec, options)| {
        let model = Model::new(spec).expect("the models are valid");
        let engine = Engine::with_kernels(Arc::new(model), options, kernels);
        (name, run(engine.expect("and so are their options")))
    })
    .collect()
}

/// The start of each step's digest.
fn run(engine: Engine) -> Vec<String> {
    let spec = engine.model().spec().clone();
    let mut world = World::new(&spec, 9);
    let mut agent = Agent::with_engine(engine);
    agent.seed = 1;
    (0..STEPS)
        .map(|_| {
            let evidence = world.observe();
            let decision = agent.see(&evidence);
            world.act(decision.action());
            decision.digest().to_string().chars().take(16).collect()
        })
        .collect()
}

fn change(name: &str, ours: &[String], kept: &[String]) -> Option<String> {
    let step = ours.iter().zip(kept).position(|(our, kept)| our != kept)?;
    Some(format!("{name}: step {step} is {}, was {}", ours[step], kept[step]))
}

fn file() -> PathBuf {
    let name = format!("tests/golden/digests-v{}.txt", numerics::VERSION);
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn written(digests: &Digests) -> String {
    digests.iter().map(|(name, digests)| format!("{name} {}\n", digests.join(" "))).collect()
}

fn read(text: &str) -> Digests {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    text.lines().map(words).filter_map(|words| Some((words.first()?.clone(), words[1..].to_vec()))).collect()
}
