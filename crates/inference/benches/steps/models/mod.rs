//! The nine benchmark models, table for table the same as the ones the reference implementation is timed on.
//!
//! Benches time them and tests keep their digests and allocations; both include this module by path. Every
//! modality depends on every factor, every factor on itself and on its own control; γ is 16, selection is
//! marginal and deterministic.

pub(crate) mod build;
mod grid;
mod three_factors;
mod tmaze;
pub(crate) mod world;

use freeagentics_inference::engine::{Mode, Options, Policies};
use freeagentics_inference::model::Spec;

/// A model with the options it is run with.
pub(crate) struct BenchModel {
    pub(crate) name: &'static str,
    pub(crate) spec: Spec,
    pub(crate) options: Options,
}

/// How much of the uniform distribution the `_noisy` models mix into every column: shortcuts for
/// deterministic tables do not help there.
const NOISE: f64 = 0.1;

/// All nine, small ones first.
pub(crate) fn all() -> Vec<BenchModel> {
    vec![
        model("tmaze_16", tmaze::spec(0.0), 2),
        model("tmaze_64", tmaze::spec(0.0), 3),
        model("tmaze_256", tmaze::spec(0.0), 4),
        model("tmaze_256_noisy", tmaze::spec(NOISE), 4),
        model("grid5_125", grid::spec(5, 0.0), 3),
        model("grid5_125_noisy", grid::spec(5, NOISE), 3),
        model("factors_144", three_factors::spec(), 2),
        model("grid20_25", grid::spec(20, 0.0), 2),
        model("grid20_25_noisy", grid::spec(20, NOISE), 2),
    ]
}

fn model(name: &'static str, spec: Spec, length: usize) -> BenchModel {
    let policies = Policies::All { length };
    BenchModel { name, spec, options: Options { policies, gamma: 16.0, mode: Mode::Marginal, ..Options::default() } }
}
