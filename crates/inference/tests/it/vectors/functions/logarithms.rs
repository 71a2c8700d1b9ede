//! Logarithms with a floor, and entropies.

use freeagentics_inference::engine::Options;
use freeagentics_inference::model::Evidence;
use freeagentics_inference::numerics::ln_floor;

use super::super::TOLERANCE;
use super::super::recording::numbers;
use super::{Case, rows, showing};
use crate::agent::Agent;
use crate::differences::Differences;
use crate::slow::ln_plus;

#[test]
fn logarithms_have_the_references_floor() {
    let case = Case::load("log_stable");
    let mut differences = Differences::of("jax_00 log_stable");
    for (&x, &expected) in numbers(&case.input).iter().zip(&numbers(&case.output)) {
        differences.compare_one("slow ln", &x.to_string(), ln_plus(x), expected);
        differences.compare_one("ln_floor", &x.to_string(), ln_floor(x), expected);
        // A probability's logarithm is minus the free energy of seeing what has it.
        if x <= 1.0 {
            let mut agent = Agent::new(showing(&[x, 1.0 - x]), Options::default());
            let free_energy = agent.see(&[Evidence::Index(0)]).free_energy();
            differences.compare_one("-free energy", &x.to_string(), -free_energy, expected);
        }
    }
    differences.conclude(TOLERANCE);
}

#[test]
fn x_ln_x_has_the_references_floor() {
    let case = Case::load("stable_xlogx");
    let mut differences = Differences::of("jax_00 stable_xlogx");
    for (&x, &expected) in numbers(&case.input).iter().zip(&numbers(&case.output)).filter(|(x, _)| **x <= 1.0) {
        let mut agent = Agent::new(showing(&[x, 1.0 - x]), Options::default());
        let entropy = agent.see(&[Evidence::Missing]).split(0).ambiguity;
        let rest = (1.0 - x) * ln_plus(1.0 - x);
        differences.compare_one("entropy less the rest", &x.to_string(), -entropy - rest, expected);
    }
    differences.conclude(TOLERANCE);
}

#[test]
fn the_ambiguity_of_a_column_is_its_entropy() {
    let case = Case::load("stable_entropy");
    let mut differences = Differences::of("jax_00 stable_entropy");
    for (column, &expected) in rows(&case.input).iter().zip(&numbers(&case.output)) {
        let mut agent = Agent::new(showing(column), Options::default());
        let split = agent.see(&[Evidence::Missing]).split(0);
        differences.compare_one("ambiguity", "", split.ambiguity, expected);
        differences.compare_one("information gain", "", split.information_gain, 0.0);
    }
    differences.conclude(TOLERANCE);
}
