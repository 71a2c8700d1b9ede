//! Novelty weights of Dirichlet counts: they exercise `digamma`. The engine does not learn yet; what it will
//! weigh is written out here from the numerics alone.

use freeagentics_inference::model::{Spec, Table};
use freeagentics_inference::numerics::digamma;
use serde_json::Value;

use super::super::TOLERANCE;
use super::super::recording::numbers;
use super::Case;
use crate::differences::Differences;
use crate::slow::{entry, joint_states, ln_plus, predict};

#[test]
fn exact_novelty_weights_equal_the_reference() {
    let case = Case::load("spm_wnorm_exact");
    let counts = numbers(&case.input);
    let outcomes = case.input.as_array().map_or(0, Vec::len);
    let mut differences = Differences::of("jax_00 spm_wnorm_exact");
    differences.compare("weights", "", &weights(&counts, outcomes), &numbers(&case.output));
    differences.conclude(TOLERANCE);
}

/// `−[ln S − ln a + ψ(a + 1) − ψ(S + 1)]` with `S` the sum over a column; the first axis is the outcome.
fn weights(counts: &[f64], outcomes: usize) -> Vec<f64> {
    let columns = counts.len() / outcomes;
    let floor = |count: f64| count.max(f64::EPSILON);
    let total = |column: usize| (0..outcomes).map(|o| floor(counts[o * columns + column])).sum::<f64>();
    let weight = |(at, &count): (usize, &f64)| {
        let (count, sum) = (floor(count), total(at % columns));
        -(ln_plus(sum) - ln_plus(count) + digamma(count + 1.0) - digamma(sum + 1.0))
    };
    counts.iter().enumerate().map(weight).collect()
}

/// The novelty of a plan from the model's prior: `−Σ_m qo·(w_A q') − Σ_f q'·(w_B q)` at each step.
pub(super) fn novelty(spec: &Spec, p_a: &Value, p_b: &Value, plan: &[Vec<usize>]) -> f64 {
    let mut before = spec.priors.clone();
    let mut sum = 0.0;
    for action in plan {
        let after = predict(spec, &before, action);
        for (table, counts) in spec.likelihoods.iter().zip(p_a.as_array().expect("a list")) {
            sum -= weighed(spec, table, counts, &after, &after, None, action);
        }
        for (factor, (table, counts)) in spec.transitions.iter().zip(p_b.as_array().expect("a list")).enumerate() {
            sum -= weighed(spec, table, counts, &before, &after, Some(factor), action);
        }
        before = after;
    }
    sum
}

/// `Σ_o p(o) Σ_s q(s) w[o, s]`, where `o` is the next state of `factor` or, without one, the observation.
fn weighed(
    spec: &Spec,
    table: &Table,
    counts: &Value,
    given: &[Vec<f64>],
    after: &[Vec<f64>],
    factor: Option<usize>,
    action: &[usize],
) -> f64 {
    let outcomes = counts.as_array().map_or(0, Vec::len);
    let counts = numbers(counts);
    // What has never been counted is structurally impossible and has no novelty.
    let masked =
        weights(&counts, outcomes).into_iter().zip(&counts).map(|(w, &count)| if count > 0.0 { w } else { 0.0 });
    let weights = Table { values: masked.collect(), ..table.clone() };
    let joint = joint_states(given);
    let expectation =
        |of: &Table, outcome: usize| joint.iter().map(|(s, p)| p * entry(spec, of, outcome, s, action)).sum::<f64>();
    let chance = |outcome: usize| factor.map_or_else(|| expectation(table, outcome), |f| after[f][outcome]);
    (0..outcomes).map(|outcome| chance(outcome) * expectation(&weights, outcome)).sum()
}
