//! One step of one agent: beliefs, all policies with their splits, the choice.
//!
//! `cargo bench -p freeagentics-inference --bench steps`; with `-- --quick` in seconds. Times are per step, the
//! throughput is steps per second on one thread.
#![expect(clippy::expect_used, reason = "a benchmark that cannot run has nothing to report")]

mod models;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use freeagentics_inference::engine::{Engine, Input};
use freeagentics_inference::model::{Evidence, Model};

use models::world::World;

/// How long an episode is before it begins anew.
const EPISODE: usize = 64;

fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("steps");
    group.throughput(Throughput::Elements(1));
    for bench in models::all() {
        let model = Model::new(bench.spec).expect("the benchmark models are valid");
        let engine = Engine::new(Arc::new(model), bench.options).expect("and so are their options");
        let episode = episode(&engine, 1);
        let (mut state, mut scratch) = (engine.start(), engine.scratch());
        let mut moments = episode.iter().cycle().enumerate();
        group.bench_function(bench.name, |bencher| {
            bencher.iter(|| {
                let (at, evidence) = moments.next().expect("a cycle never ends");
                if at % EPISODE == 0 {
                    state = engine.start();
                }
                let input = Input::new(evidence);
                let decision = engine.step(&mut state, &input, 0, &mut scratch).expect("the step is taken");
                black_box(decision.best())
            });
        });
    }
    group.finish();
}

/// Agents of a batch.
const BATCH: usize = 1024;

/// One step each of many agents, all in worlds of their own; the throughput is agent-steps per second on one thread.
fn batches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("batches");
    group.throughput(Throughput::Elements(BATCH as u64));
    for bench in models::all() {
        let model = Model::new(bench.spec).expect("the benchmark models are valid");
        let engine = Engine::new(Arc::new(model), bench.options).expect("and so are their options");
        let episodes: Vec<_> = (0..BATCH as u64).map(|seed| episode(&engine, seed)).collect();
        let seeds: Vec<u64> = (0..BATCH as u64).collect();
        let (mut states, mut batch) = (vec![engine.start(); BATCH], engine.batch());
        let mut at = 0;
        group.bench_function(bench.name, |bencher| {
            bencher.iter(|| {
                if at % EPISODE == 0 {
                    states.iter_mut().for_each(|state| *state = engine.start());
                }
                let inputs: Vec<_> = episodes.iter().map(|moments| Input::new(&moments[at % EPISODE])).collect();
                engine.step_batch(&mut states, &inputs, &seeds, &mut batch, |_, decision| {
                    black_box(decision.expect("the step is taken").best());
                });
                at += 1;
            });
        });
    }
    group.finish();
}

/// What an agent sees in its own model's world. Its choices are deterministic, so seeing the same again makes it
/// do the same again, and the world itself need not be timed.
fn episode(engine: &Engine, seed: u64) -> Vec<Vec<Evidence>> {
    let (mut state, mut scratch) = (engine.start(), engine.scratch());
    let mut world = World::new(engine.model().spec(), seed);
    (0..EPISODE)
        .map(|_| {
            let evidence = world.observe();
            let input = Input::new(&evidence);
            let decision = engine.step(&mut state, &input, 0, &mut scratch).expect("the step is taken");
            world.act(decision.action());
            evidence
        })
        .collect()
}

criterion_group!(benches, steps, batches);
criterion_main!(benches);
