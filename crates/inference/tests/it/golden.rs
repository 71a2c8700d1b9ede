//! Digests of decisions that may not change while the numerics version stays the same.
//!
//! One line per run: its name, then the first sixteen digits of every step's digest. All kernels of this machine give
//! the same here, and so does every build: `cargo nextest run golden`, with `--cargo-profile unoptimised`, with
//! `--release`. After a wanted change (and a new `numerics::VERSION`) write the new file with
//! `FREEAGENTICS_GOLDEN=write`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use freeagentics_inference::engine::{Decision, Engine, Options};
use freeagentics_inference::model::{Model, Spec};
use freeagentics_inference::numerics::{self, Kernels};

use crate::agent::Agent;
use crate::bench_models;
use crate::bench_models::world::World;
use crate::properties::{Life, Recipe, searching};

/// The starts of every run's digests, step by step.
type Digests = BTreeMap<String, Vec<String>>;

const STEPS: usize = 8;
const RANDOM_MODELS: u64 = 100;
const LEARNING_MODELS: u64 = 40;
const SEARCHES: u64 = 20;

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

/// Every run by name: the benchmark models in their worlds, random models with all that can happen to an agent, and
/// the special functions alone.
fn digests(kernels: Kernels) -> Digests {
    let compiled = |spec: Spec, options: Options| {
        let model = Arc::new(Model::new(spec).expect("the models are valid"));
        Agent::with_engine(Engine::with_kernels(model, options, kernels).expect("and so are their options"))
    };
    let benches = bench_models::all().into_iter();
    let mut digests: Digests = benches
        .map(|model| (model.name.to_owned(), in_its_world(&model.spec.clone(), compiled(model.spec, model.options))))
        .collect();
    for number in 0..RANDOM_MODELS {
        let recipe = Recipe::numbered(number);
        let spec = recipe.spec();
        let agent = compiled(spec.clone(), recipe.options(&spec));
        digests.insert(format!("random_{number:03}"), in_a_random_life(&recipe, &spec, agent));
    }
    for number in 0..LEARNING_MODELS {
        let recipe = Recipe::numbered(number).that_learns();
        let spec = recipe.spec();
        let agent = compiled(spec.clone(), recipe.options(&spec));
        digests.insert(format!("learning_{number:03}"), in_a_random_life(&recipe, &spec, agent));
    }
    for number in 0..SEARCHES {
        let recipe = Recipe::numbered(number);
        let spec = recipe.spec();
        let agent = compiled(spec.clone(), searching(&recipe, &spec));
        digests.insert(format!("search_{number:03}"), in_a_random_life(&recipe, &spec, agent));
    }
    digests.extend(special_functions());
    digests
}

fn in_its_world(spec: &Spec, mut agent: Agent) -> Vec<String> {
    let mut world = World::new(spec, 9);
    let mut digests = Vec::new();
    for _ in 0..STEPS {
        let evidence = world.observe();
        let decision = agent.see(&evidence);
        digests.push(start(&decision));
        world.act(decision.action());
    }
    digests
}

fn in_a_random_life(recipe: &Recipe, spec: &Spec, mut agent: Agent) -> Vec<String> {
    let mut digests = Vec::new();
    Life::new(recipe, spec).live(STEPS, &mut agent, |_, decision| {
        digests.push(start(decision));
        true
    });
    digests
}

fn start(decision: &Decision<'_>) -> String {
    decision.digest().to_string().chars().take(16).collect()
}

/// The bits of each special function at some places.
fn special_functions() -> [(String, Vec<String>); 3] {
    let bits = |of: fn(f64) -> f64, at: [f64; STEPS]| at.map(|x| format!("{:016x}", of(x).to_bits())).to_vec();
    [
        ("exp".to_owned(), bits(numerics::exp, [-700.0, -36.1, -3.3, -1e-9, 0.1, 0.7, 20.5, 700.0])),
        ("ln".to_owned(), bits(numerics::ln, [1e-300, 2.3e-16, 0.1, 0.5, 0.9999, 1.0001, 3.0, 1e300])),
        ("digamma".to_owned(), bits(numerics::digamma, [1e-9, 0.03, 0.5, 1.0, 1.5, 7.0, 33.3, 1e6])),
    ]
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
