//! Independent factors are the same as one factor of all their combinations, and as one model each.

use std::cell::RefCell;
use std::iter::once;

use freeagentics_inference::engine::{Choice, Options};
use freeagentics_inference::model::{Evidence, Spec, Table};

use super::flat::Flat;
use super::for_each_model;
use super::life::Life;
use super::recipe::{Recipe, independent_model};
use crate::agent::Agent;
use crate::bench_models::build::{modality, table};
use crate::differences::Differences;

const TOLERANCE: f64 = 1e-9;

#[test]
fn independent_factors_equal_one_factor_of_all_their_combinations() {
    let differences = RefCell::new(Differences::of("300 flattened models"));
    for_each_model(300, independent_model(), |recipe| {
        let mut case = Differences::of(&format!("{recipe:?}"));
        compare_with_flat(recipe, &mut case);
        differences.borrow_mut().merge(&case);
        case.check(TOLERANCE);
    });
    differences.into_inner().conclude(TOLERANCE);
}

fn compare_with_flat(recipe: &Recipe, differences: &mut Differences) {
    let spec = recipe.spec();
    let options = Options { choice: Choice::Deterministic, ..recipe.options(&spec) };
    let flat = Flat::of(&spec);
    let mut factored = Agent::new(spec.clone(), options.clone());
    let mut flattened = Agent::new(flat.spec(), options);
    let mut chosen = None;
    Life::new(recipe, &spec).live(3, &mut factored, |moment, ours| {
        let executed = moment.executed.clone().or(chosen.take());
        let step = flattened.step(&moment.evidence, executed.as_deref(), moment.elapsed);
        let theirs = step.expect("the step is taken");
        let joint = flat.distribution(|factor| ours.belief(factor));
        differences.compare("belief", "", &joint, theirs.belief(0));
        differences.compare_one("free energy", "", ours.free_energy(), theirs.free_energy());
        differences.compare("neg_efe", "", ours.neg_efe(), theirs.neg_efe());
        differences.compare("policy posterior", "", ours.posterior(), theirs.posterior());
        for policy in 0..ours.posterior().len() {
            differences.compare_one("risk", "", ours.split(policy).risk, theirs.split(policy).risk);
            differences.compare_one("ambiguity", "", ours.split(policy).ambiguity, theirs.split(policy).ambiguity);
        }
        chosen = Some(ours.action().to_vec());
        true
    });
}

#[test]
fn the_free_energy_of_independent_factors_is_the_sum_of_theirs() {
    let differences = RefCell::new(Differences::of("300 models taken apart"));
    for_each_model(300, independent_model(), |recipe| {
        let mut case = Differences::of(&format!("{recipe:?}"));
        compare_with_parts(recipe, &mut case);
        differences.borrow_mut().merge(&case);
        case.check(TOLERANCE);
    });
    differences.into_inner().conclude(TOLERANCE);
}

fn compare_with_parts(recipe: &Recipe, differences: &mut Differences) {
    let spec = recipe.spec();
    let options = Options { choice: Choice::Deterministic, ..recipe.options(&spec) };
    let mut whole = Agent::new(spec.clone(), options.clone());
    let parts = 0..spec.factors.len();
    let mut parts: Vec<Agent> = parts.map(|factor| Agent::new(only(&spec, factor), options.clone())).collect();
    let mut chosen: Option<Vec<usize>> = None;
    Life::new(recipe, &spec).live(3, &mut whole, |moment, ours| {
        let executed = moment.executed.clone().or(chosen.take());
        let mut sum = 0.0;
        for (factor, part) in parts.iter_mut().enumerate() {
            let evidence = seen_of(&spec, factor, &moment.evidence);
            let step = part.step(&evidence, executed.as_deref(), moment.elapsed);
            let theirs = step.expect("the step is taken");
            differences.compare("belief", "", ours.belief(factor), theirs.belief(0));
            sum += theirs.free_energy();
        }
        differences.compare_one("free energy", "", ours.free_energy(), sum);
        chosen = Some(ours.action().to_vec());
        true
    });
}

/// The model of one factor alone, with the modalities that see it; it wants nothing.
///
/// As there may be none, one more that says nothing stands first.
fn only(spec: &Spec, factor: usize) -> Spec {
    let alone = |table: &Table| Table { factors: vec![0], ..table.clone() };
    let says_nothing = table(&[0], &[], &[1, spec.factors[factor].labels.len()], |_| 1.0);
    let seeing = || (0..spec.modalities.len()).filter(|&modality| sees(spec, modality, factor));
    Spec {
        factors: vec![spec.factors[factor].clone()],
        controls: spec.controls.clone(),
        modalities: once(modality("nothing", 1)).chain(seeing().map(|m| spec.modalities[m].clone())).collect(),
        likelihoods: once(says_nothing).chain(seeing().map(|m| alone(&spec.likelihoods[m]))).collect(),
        transitions: vec![alone(&spec.transitions[factor])],
        preferences: Vec::new(),
        priors: vec![spec.priors[factor].clone()],
        learning: Vec::new(),
    }
}

fn seen_of(spec: &Spec, factor: usize, evidence: &[Evidence]) -> Vec<Evidence> {
    let seen = evidence.iter().enumerate().filter(|(modality, _)| sees(spec, *modality, factor));
    once(Evidence::Missing).chain(seen.map(|(_, seen)| seen.clone())).collect()
}

fn sees(spec: &Spec, modality: usize, factor: usize) -> bool {
    spec.likelihoods[modality].factors == [factor]
}
