//! Our side of the comparison with the reference implementation: see `drills/peers/run`.
//!
//! `cargo bench -p worlds --bench peers -- FOLDER` reads what the reference has decided about each benchmark model
//! (`FOLDER/MODEL.json`), decides the same, and measures one agent and many. The result is `FOLDER/ours.json`.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement, with a clock"
)]

#[path = "../../../inference/benches/steps/models/mod.rs"]
mod models;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use freeagentics_inference::engine::{Engine, Input};
use freeagentics_inference::model::{Evidence, Model};
use models::world::World;
use serde_json::{Value, json};
use worlds::Team;

/// Steps of an episode, and how long each measurement goes on.
const EPISODE: usize = 64;
const LASTS: Duration = Duration::from_millis(1500);

/// Agents of a batch.
const AGENTS: [usize; 2] = [64, 1024];

fn main() {
    let folder = std::env::args().nth(1).filter(|argument| !argument.starts_with('-'));
    // `cargo bench` of the whole workspace has nothing to compare with.
    let Some(folder) = folder else { return };
    let folder = Path::new(&folder);
    let mut results = Vec::new();
    for bench in models::all() {
        let Ok(text) = std::fs::read_to_string(folder.join(format!("{}.json", bench.name))) else { continue };
        let reference: Value = serde_json::from_str(&text).expect("the reference writes JSON");
        let begun = Instant::now();
        let model = Arc::new(Model::new(bench.spec).expect("the benchmark models are valid"));
        let engine = Engine::new(model, bench.options).expect("and so are their options");
        let loaded = begun.elapsed();
        let nothing: Vec<_> = engine.model().spec().modalities.iter().map(|_| Evidence::Missing).collect();
        let first = Instant::now();
        let (mut state, mut scratch) = (engine.start(), engine.scratch());
        black_box(engine.step(&mut state, &Input::new(&nothing), 0, &mut scratch).expect("the step is taken").best());
        let first = first.elapsed();
        let result = json!({
            "model": bench.name,
            "load": loaded.as_secs_f64(),
            "first": first.as_secs_f64(),
            "step": one(&engine),
            "batches": AGENTS.map(|agents| json!({ "agents": agents, "seconds": many(&engine, agents) })),
            "differences": differences(&engine, &reference["taken"]),
        });
        println!("{result}");
        results.push(result);
    }
    std::fs::write(folder.join("ours.json"), json!(results).to_string()).expect("the folder can be written to");
}

/// The largest difference of what a plan is worth, how many actions differ, and by how much the reference preferred its own.
fn differences(engine: &Engine, taken: &Value) -> Value {
    let (mut state, mut scratch) = (engine.start(), engine.scratch());
    let (mut largest, mut other, mut gap) = (0.0_f64, 0, 0.0_f64);
    let numbers = |value: &Value| value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect::<Vec<_>>();
    let indices = |value: &Value| numbers(value).into_iter().map(|n| n as usize).collect::<Vec<_>>();
    let taken = taken.as_array().expect("the steps that the reference has taken");
    let mut executed: Option<Vec<usize>> = None;
    for moment in taken {
        let evidence: Vec<_> = indices(&moment["observations"]).into_iter().map(Evidence::Index).collect();
        let input = Input { executed: executed.as_deref(), ..Input::new(&evidence) };
        let decision = engine.step(&mut state, &input, 0, &mut scratch).expect("the step is taken");
        let theirs = numbers(&moment["neg_efe"]);
        assert_eq!(theirs.len(), decision.neg_efe().len(), "other plans than the reference's");
        let difference = theirs.iter().zip(decision.neg_efe()).map(|(a, b)| (a - b).abs());
        largest = difference.fold(largest, f64::max);
        // The reference names a value for every factor, the steered ones among them in the order of our controls.
        let steered = engine.model().spec().transitions.iter().map(|table| !table.controls.is_empty());
        let action = indices(&moment["action"]).into_iter().zip(steered).filter_map(|(value, is)| is.then_some(value));
        let action: Vec<usize> = action.collect();
        if action != decision.action() {
            other += 1;
            let apart = decision.action().iter().zip(&action).enumerate().map(|(control, (ours, theirs))| {
                (decision.marginal(control)[*ours] - decision.marginal(control)[*theirs]).abs()
            });
            gap = apart.fold(gap, f64::max);
        }
        executed = Some(action);
    }
    json!({ "steps": taken.len(), "neg_efe": largest, "actions": other, "gap": gap })
}

/// Seconds per step of one agent, over whole episodes.
fn one(engine: &Engine) -> f64 {
    let episode = episode(engine, 1);
    let mut scratch = engine.scratch();
    middle(EPISODE, || {
        let mut state = engine.start();
        for evidence in &episode {
            let decision = engine.step(&mut state, &Input::new(evidence), 0, &mut scratch);
            black_box(decision.expect("the step is taken").best());
        }
    })
}

/// Seconds per agent-step of many agents in worlds of their own, on all processors.
fn many(engine: &Engine, agents: usize) -> f64 {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let episodes: Vec<_> = (0..agents as u64).map(|seed| episode(engine, seed)).collect();
    let seeds: Vec<u64> = (0..agents as u64).collect();
    let (mut states, mut team) = (vec![engine.start(); agents], Team::new(engine, threads));
    let mut at = 0;
    // A few steps at a time: an episode of the largest batch would be too long to be undisturbed.
    let together = 4;
    middle(agents * together, || {
        for _ in 0..together {
            if at % EPISODE == 0 {
                states.iter_mut().for_each(|state| *state = engine.start());
            }
            let inputs: Vec<_> = episodes.iter().map(|moments| Input::new(&moments[at % EPISODE])).collect();
            team.step(engine, &mut states, &inputs, &seeds, &|_, decision| {
                black_box(decision.expect("the step is taken").best());
            });
            at += 1;
        }
    })
}

/// The middle of what a piece of work takes, per part.
fn middle(parts: usize, mut work: impl FnMut()) -> f64 {
    work();
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < LASTS || times.len() < 5 {
        let start = Instant::now();
        work();
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2] / parts as f64
}

/// What an agent sees in its own model's world.
fn episode(engine: &Engine, seed: u64) -> Vec<Vec<Evidence>> {
    let (mut state, mut scratch) = (engine.start(), engine.scratch());
    let mut world = World::new(engine.model().spec(), seed);
    (0..EPISODE)
        .map(|_| {
            let evidence = world.observe();
            let decision = engine.step(&mut state, &Input::new(&evidence), 0, &mut scratch);
            world.act(decision.expect("the step is taken").action());
            evidence
        })
        .collect()
}
