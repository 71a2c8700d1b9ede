//! Whatever is seen, even the impossible, what comes out are probabilities and finite numbers.

use std::cell::Cell;

use freeagentics_inference::engine::{Choice, Decision, Options};
use freeagentics_inference::model::{Evidence, Spec};

use super::for_each_model;
use super::recipe::{Recipe, any_model, large_model};
use crate::agent::Agent;
use crate::bench_models::world::Generator;

#[test]
fn every_distribution_sums_to_one_for_thousands_of_models_that_see_anything() {
    let counts = (Cell::new(0), Cell::new(0));
    for_each_model(5000, any_model(), |recipe| anything_goes(recipe, &counts));
    for_each_model(500, large_model(), |recipe| anything_goes(recipe, &counts));
    let (steps, impossible) = (counts.0.get(), counts.1.get());
    println!("{steps} steps, {impossible} of them with observations that cannot happen");
    assert!(impossible > steps / 50 && impossible < steps, "{impossible} of {steps} steps were impossible");
}

/// A life in which everything is seen, whether it can happen or not.
fn anything_goes(recipe: &Recipe, (steps, impossible): &(Cell<u32>, Cell<u32>)) {
    let spec = recipe.spec();
    let mut g = recipe.generator(4);
    let mut agent = Agent::new(spec.clone(), Options { choice: Choice::Sampled, ..recipe.options(&spec) });
    for _ in 0..3 {
        let decision = agent.see(&anything(&spec, &mut g));
        all_are_probabilities(recipe, &spec, &decision);
        all_are_finite(recipe, &spec, &decision);
        steps.set(steps.get() + 1);
        impossible.set(impossible.get() + u32::from(decision.impossible()));
    }
}

/// Any observation of any modality, whether it can happen or not.
fn anything(spec: &Spec, g: &mut Generator) -> Vec<Evidence> {
    spec.modalities.iter().map(|modality| Evidence::Index(g.index(modality.labels.len()))).collect()
}

fn all_are_probabilities(recipe: &Recipe, spec: &Spec, decision: &Decision<'_>) {
    for factor in 0..spec.factors.len() {
        is_distribution(recipe, "prior", decision.prior(factor));
        is_distribution(recipe, "belief", decision.belief(factor));
    }
    is_distribution(recipe, "policy posterior", decision.posterior());
    for control in 0..spec.controls.len() {
        is_distribution(recipe, "action marginal", decision.marginal(control));
    }
}

fn is_distribution(recipe: &Recipe, what: &str, values: &[f64]) {
    assert!(values.iter().all(|value| (0.0..=1.0 + 1e-12).contains(value)), "{recipe:?}: {what} is {values:?}");
    let total: f64 = values.iter().sum();
    assert!((total - 1.0).abs() <= 1e-12, "{recipe:?}: {what} sums to {total}: {values:?}");
}

fn all_are_finite(recipe: &Recipe, spec: &Spec, decision: &Decision<'_>) {
    assert!(decision.free_energy().is_finite(), "{recipe:?}: free energy");
    assert!(decision.neg_efe().iter().all(|value| value.is_finite()), "{recipe:?}: {:?}", decision.neg_efe());
    for modality in 0..spec.modalities.len() {
        let surprise = decision.surprise(modality);
        assert!(surprise.is_none_or(|value| value >= -1e-12), "{recipe:?}: surprise {surprise:?}");
    }
    let action = decision.action().iter().zip(&spec.controls);
    assert_eq!(decision.action().len(), spec.controls.len());
    assert!(action.into_iter().all(|(&value, control)| value < control.labels.len()), "{recipe:?}: no such value");
}
