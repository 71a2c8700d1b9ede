//! Likelihoods, fixed points, free energy.

use freeagentics_inference::engine::Options;
use freeagentics_inference::model::{Evidence, Spec};
use serde_json::Value;

use super::super::TOLERANCE;
use super::super::recording::{evidence, numbers};
use super::{Case, index_lists, rows, watching};
use crate::agent::Agent;
use crate::bench_models::build::uniform;
use crate::differences::Differences;
use crate::slow::{Seen, fixed_point, free_energy, ln_plus};

#[test]
fn each_modalitys_log_likelihood_equals_the_reference() {
    let case = Case::load("log_likelihood_per_modality");
    let tables = case.input["A"].as_array().expect("a list");
    let observations = case.input["obs"].as_array().expect("a list");
    let mut differences = Differences::of("jax_00 log_likelihood_per_modality");
    for (modality, (table, expected)) in tables.iter().zip(rows(&case.output)).enumerate() {
        // All the table's dependencies as one factor: then q ∝ exp(ll) and F = −ln Σ exp(ll) / n.
        let states = expected.len();
        let spec = watching(&Value::from(vec![table.clone()]), &[vec![0]], vec![uniform(states)]);
        let mut agent = Agent::new(spec, Options::default());
        let decision = agent.see(&[evidence(&observations[modality])]);
        let constant = ln_plus(1.0 / states as f64) + decision.free_energy();
        let ours: Vec<f64> = decision.belief(0).iter().map(|&q| ln_plus(q) - constant).collect();
        differences.compare("log likelihood", &format!("modality {modality}"), &ours, &expected);
    }
    differences.conclude(TOLERANCE);
}

#[test]
fn the_fixed_point_equals_the_reference_with_certain_and_with_soft_observations() {
    for name in ["factorized_fpi_iter16", "factorized_fpi_softobs"] {
        let (case, spec, evidence) = fixed_point_case(name);
        engine_equals(name, &case, spec, &evidence);
    }
}

#[test]
fn the_fixed_point_over_full_tables_equals_the_reference() {
    let case = Case::load("vanilla_fpi_iter16");
    let priors = rows(&case.input["prior"]);
    let every_factor: Vec<usize> = (0..priors.len()).collect();
    let modalities = case.input["A"].as_array().map_or(0, Vec::len);
    let spec = watching(&case.input["A"], &vec![every_factor; modalities], priors);
    let evidence = seen(&case.input["obs"]);
    engine_equals("vanilla_fpi_iter16", &case, spec, &evidence);
}

#[test]
fn the_slow_fixed_point_equals_the_reference_after_one_two_and_sixteen_iterations() {
    for (name, iterations) in [("factorized_fpi_iter1", 1), ("factorized_fpi_iter2", 2), ("factorized_fpi_iter16", 16)]
    {
        let (case, spec, evidence) = fixed_point_case(name);
        let seen = Seen { spec: &spec, evidence: &evidence, preceding: None };
        let belief = fixed_point(&seen, &spec.priors, iterations, 0.0);
        let mut differences = Differences::of(&format!("jax_00 {name} (slow)"));
        for (ours, theirs) in belief.iter().zip(rows(&case.output)) {
            differences.compare("belief", "", ours, &theirs);
        }
        differences.conclude(TOLERANCE);
    }
}

#[test]
fn the_slow_free_energy_of_given_beliefs_equals_the_reference() {
    let case = Case::load("calc_vfe_single");
    let input = &case.input;
    let spec = watching(&input["A"], &index_lists(&input["A_dependencies"]), rows(&input["prior"]));
    let evidence = seen(&input["obs"]);
    let seen = Seen { spec: &spec, evidence: &evidence, preceding: None };
    let mut differences = Differences::of("jax_00 calc_vfe_single (slow)");
    let ours = free_energy(&seen, &spec.priors, &rows(&input["qs"]));
    differences.compare("free energy", "", &[ours], &numbers(&case.output["vfe"]));
    differences.conclude(TOLERANCE);
}

fn fixed_point_case(name: &str) -> (Case, Spec, Vec<Evidence>) {
    let case = Case::load(name);
    let input = &case.input;
    let spec = watching(&input["A"], &index_lists(&input["A_dependencies"]), rows(&input["prior"]));
    let evidence = seen(&input["obs"]);
    (case, spec, evidence)
}

fn engine_equals(name: &str, case: &Case, spec: Spec, evidence: &[Evidence]) {
    let mut agent = Agent::new(spec, Options::default());
    let decision = agent.see(evidence);
    let mut differences = Differences::of(&format!("jax_00 {name}"));
    for (factor, belief) in rows(&case.output).iter().enumerate() {
        differences.compare("belief", "", decision.belief(factor), belief);
    }
    differences.conclude(TOLERANCE);
}

fn seen(observations: &Value) -> Vec<Evidence> {
    observations.as_array().expect("a list").iter().map(evidence).collect()
}
