//! What must hold for every model, tried on thousands of random ones.
//!
//! Each test states its number of models and always tries the same ones, so that a failure can be tried again;
//! what is printed at the end (`--no-capture`) says how much was really compared.

mod believing;
mod distributions;
mod equals_slow;
mod factored_and_flat;
mod flat;
mod following;
mod hierarchies;
mod learning;
mod life;
mod listed;
mod looking_back;
mod permutation;
mod recipe;
mod renaming;
mod replay;
mod sampling;
mod search;
mod splits;
mod tables;
mod ties;
mod windows;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestRunner};

pub(crate) use life::Life;
pub(crate) use recipe::Recipe;
pub(crate) use search::searching;

/// Runs a check on so many random models; the one that is reported has been made small first.
fn for_each_model(models: u32, recipes: impl Strategy<Value = Recipe>, check: impl Fn(&Recipe)) {
    let config = Config {
        cases: models,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x00F1_7E57),
        max_shrink_iters: 400,
        ..Config::default()
    };
    let checked = TestRunner::new(config).run(&recipes, |recipe| {
        check(&recipe);
        Ok(())
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
}
