//! A step allocates nothing once the scratch is warm.
//!
//! The allocator counts per thread, so that tests running beside this one do not matter.
#![expect(unsafe_code, reason = "an allocator that counts has to be one")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

use freeagentics_inference::engine::{Decision, Engine, Input};

use crate::agent::engine;
use crate::bench_models;
use crate::bench_models::world::World;
use crate::properties::Recipe;

thread_local! {
    /// Constant initialisation and no destructor: touching it allocates nothing itself.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[test]
fn the_counter_counts() {
    let before = ALLOCATIONS.get();
    let kept = black_box(vec![1_u8; 100]);
    assert!(ALLOCATIONS.get() > before, "a vector of {} bytes was not counted", kept.len());
}

#[test]
fn a_warm_step_of_every_benchmark_model_allocates_nothing() {
    for model in bench_models::all() {
        let options = model.options.clone();
        assert_eq!(allocations(&engine(model.spec, options)), 0, "{} allocates", model.name);
    }
}

#[test]
fn a_warm_step_of_random_models_allocates_nothing() {
    for recipe in (0..200).map(Recipe::numbered) {
        let spec = recipe.spec();
        let options = recipe.options(&spec);
        assert_eq!(allocations(&engine(spec, options)), 0, "{recipe:?} allocates");
    }
}

#[test]
fn a_warm_step_of_an_agent_that_learns_allocates_nothing() {
    for recipe in (0..100).map(|number| Recipe::numbered(number).that_learns()) {
        let spec = recipe.spec();
        let options = recipe.options(&spec);
        assert_eq!(allocations(&engine(spec, options)), 0, "{recipe:?} allocates");
    }
}

/// Allocations of ten steps after two that warm up; the observations are made before.
fn allocations(engine: &Engine) -> u64 {
    let (mut state, mut scratch) = (engine.start(), engine.scratch());
    let mut world = World::new(engine.model().spec(), 3);
    let mut evidence = world.observe();
    let mut spent = 0;
    for step in 0..12 {
        let before = ALLOCATIONS.get();
        let input = Input::new(&evidence);
        let decision = engine.step(&mut state, &input, 5, &mut scratch).expect("the step is taken");
        ask_everything(engine, &decision);
        if step >= 2 {
            spent += ALLOCATIONS.get() - before;
        }
        world.act(decision.action());
        evidence = world.observe();
    }
    spent
}

/// What explaining a decision takes.
fn ask_everything(engine: &Engine, decision: &Decision<'_>) {
    for policy in 0..engine.n_policies() {
        black_box(decision.split(policy));
    }
    for modality in 0..engine.model().spec().modalities.len() {
        black_box(decision.surprise(modality));
    }
    black_box(decision.digest());
}
