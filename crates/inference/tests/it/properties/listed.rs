//! Plans that are listed one by one are what the same plans are that go without saying, to the bit.
//!
//! The two are evaluated in different ways: what is known beforehand side by side, what is not by finding equals.

use freeagentics_inference::engine::{Options, Policies};
use freeagentics_inference::model::{Preference, Spec};
use proptest::strategy::Strategy;

use super::life::Life;
use super::recipe::{Recipe, independent_model};
use super::{for_each_model, tables::Tables};
use crate::agent::{Agent, engine};

/// Factors that move by themselves, seen several at a time; tables of all kinds, and longer than a vector register.
fn spread_model() -> impl Strategy<Value = Recipe> {
    (independent_model(), 1..=3_usize, 1..=2_usize, 2..=20_usize, 0..3_usize).prop_map(
        |(recipe, factors, controls, extent, kind)| {
            let tables = if kind == 0 { Tables::Positive } else { Tables::Any };
            Recipe { factors, controls, extent, tables, ..recipe }
        },
    )
}

fn spec(recipe: &Recipe) -> Spec {
    let mut spec = recipe.spec();
    let mut g = recipe.generator(11);
    for modality in 0..spec.modalities.len() {
        let factors: Vec<usize> = (0..spec.factors.len()).filter(|_| g.unit() < 0.7).collect();
        let outcomes = spec.modalities[modality].labels.len();
        spec.likelihoods[modality] = recipe.tables.table(&spec, factors, Vec::new(), outcomes, &mut g);
        spec.modalities[modality].initial = None;
    }
    spec.preferences
        .retain(|preference| !matches!(preference, Preference::Joint { controls, .. } if !controls.is_empty()));
    spec
}

#[test]
fn plans_that_are_listed_come_to_the_bits_of_plans_that_are_all() {
    for_each_model(400, spread_model(), |recipe| {
        let spec = spec(recipe);
        let options = recipe.options(&spec);
        let all = engine(spec.clone(), options.clone());
        let policy = |policy| (0..all.policy_len()).map(|time| all.policy_action(policy, time).to_vec()).collect();
        let policies = Policies::Listed((0..all.n_policies()).map(policy).collect());
        let mut listed = Agent::new(spec.clone(), Options { policies, ..options });
        listed.seed = 3;
        let mut agent = Agent::with_engine(all);
        agent.seed = 3;
        Life::new(recipe, &spec).live(4, &mut agent, |moment, ours| {
            let step = listed.step(&moment.evidence, moment.executed.as_deref(), moment.elapsed);
            let theirs = step.expect("the step is taken");
            for policy in 0..ours.posterior().len() {
                assert_eq!(ours.split(policy), theirs.split(policy), "policy {policy} of {recipe:?}");
            }
            assert_eq!(ours.neg_efe(), theirs.neg_efe(), "{recipe:?}");
            assert_eq!(ours.digest(), theirs.digest(), "{recipe:?}");
            true
        });
    });
}
