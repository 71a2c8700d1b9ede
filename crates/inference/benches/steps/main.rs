//! One step of one agent: beliefs, all policies with their splits, the choice.
//!
//! `cargo bench -p freeagentics-inference --bench steps`; with `-- --quick` in seconds. Times are per step, the
//! throughput is steps per second on one thread.
#![expect(clippy::expect_used, reason = "a benchmark that cannot run has nothing to report")]

mod models;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use freeagentics_inference::engine::{Engine, Input, Options, Policies, Search};
use freeagentics_inference::model::{Evidence, Learnable, Learning, Model};

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

/// A search four steps ahead from a corner of a grid, without and with what earlier searches have found.
fn searches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("searches");
    let grid = models::all().into_iter().find(|bench| bench.name == "grid5_125").expect("it is one of them");
    let search = Search { depth: 4, ..Search::default() };
    let options = Options { policies: Policies::All { length: 1 }, search: Some(search), ..grid.options };
    let model = Model::new(grid.spec).expect("the benchmark models are valid");
    let engine = Engine::new(Arc::new(model), options).expect("and so are their options");
    let evidence = [Evidence::Index(0)];
    let fresh = engine.scratch();
    group.bench_function("grid5_depth4_cold", |bencher| {
        bencher.iter_batched_ref(
            || (engine.start(), fresh.clone()),
            |(state, scratch)| {
                let decision = engine.step(state, &Input::new(&evidence), 0, scratch).expect("the step is taken");
                assert_eq!(decision.searched().map(|searched| searched.tree), Some(1561));
                black_box(decision.best())
            },
            BatchSize::SmallInput,
        );
    });
    let mut scratch = engine.scratch();
    group.bench_function("grid5_depth4_warm", |bencher| {
        bencher.iter(|| {
            let (input, mut state) = (Input::new(&evidence), engine.start());
            black_box(engine.step(&mut state, &input, 0, &mut scratch).expect("the step is taken").best())
        });
    });
    group.finish();
}

/// One step of agents that learn all of their likelihoods and transitions.
fn lessons(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("learning");
    group.throughput(Throughput::Elements(1));
    for mut bench in models::all() {
        let likelihoods = bench.spec.likelihoods.iter().zip(&bench.spec.modalities).enumerate();
        let likelihoods = likelihoods
            .map(|(m, (table, modality))| (Learnable::Likelihood(m), table.values.len() / modality.labels.len()));
        let transitions = bench.spec.transitions.iter().zip(&bench.spec.factors).enumerate();
        let transitions = transitions
            .map(|(f, (table, factor))| (Learnable::Transition(f), table.values.len() / factor.labels.len()));
        let lesson = |(what, columns)| Learning { what, strength: vec![4.0; columns], rate: 1.0, forgetting: 0.0 };
        bench.spec.learning = likelihoods.chain(transitions).map(lesson).collect();
        let model = Model::new(bench.spec).expect("the benchmark models are valid");
        let engine = Engine::new(Arc::new(model), bench.options).expect("and so are their options");
        let episode = episode(&engine, 1);
        let (mut state, mut scratch) = (engine.start(), engine.scratch());
        let mut moments = episode.iter().cycle().enumerate();
        group.bench_function(bench.name, |bencher| {
            bencher.iter(|| {
                let (at, evidence) = moments.next().expect("a cycle never ends");
                if at % EPISODE == 0 {
                    state.reset();
                }
                let decision = engine.step(&mut state, &Input::new(evidence), 0, &mut scratch);
                black_box(decision.expect("the step is taken").best())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, steps, batches, searches, lessons);
criterion_main!(benches);
