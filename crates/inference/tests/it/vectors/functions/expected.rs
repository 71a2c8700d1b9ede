//! Predicted states and observations, information gain, utility, and the whole policy posterior.

use freeagentics_inference::engine::{Options, Policies};
use freeagentics_inference::model::{Evidence, Spec, Table};
use serde_json::Value;

use super::super::TOLERANCE;
use super::super::recording::numbers;
use super::novelty::novelty;
use super::{Case, index_lists, indices, rows, showing, watching};
use crate::agent::Agent;
use crate::bench_models::build::{axis, over_observations};
use crate::differences::Differences;
use crate::slow::{ln_plus, softmax};

#[test]
fn predicted_states_and_observations_and_their_information_gain_equal_the_reference() {
    let case = Case::load("expected_state_obs");
    let action = indices(&case.input["u"]);
    let options = Options { policies: Policies::Listed(vec![vec![action.clone()]]), ..Options::default() };
    let mut agent = Agent::new(acting(&case.input, &[2, 3, 1]), options);
    let mut differences = Differences::of("jax_00 expected_state_obs");
    let nothing = vec![Evidence::Missing; 3];
    let gain = agent.see(&nothing).split(0).information_gain;
    differences.compare("information gain", "", &[gain], &numbers(&case.output["info_gain"]));
    for (factor, next) in rows(&case.output["qs_next"]).iter().enumerate() {
        agent.restart();
        agent.see(&nothing);
        differences.compare("next states", "", agent.see_after(&nothing, &action).prior(factor), next);
    }
    for (modality, expected) in rows(&case.output["qo"]).iter().enumerate() {
        for (observation, &probability) in expected.iter().enumerate() {
            agent.restart();
            agent.see(&nothing);
            let mut evidence = nothing.clone();
            evidence[modality] = Evidence::Index(observation);
            let surprise = agent.see_after(&evidence, &action).surprise(modality).expect("it was seen");
            differences.compare_one("-surprise", "", -surprise, ln_plus(probability));
        }
    }
    differences.conclude(TOLERANCE);
}

#[test]
fn expected_utility_equals_the_reference() {
    let case = Case::load("expected_utility");
    let (expected, wanted) = (rows(&case.input["qo"]), rows(&case.input["C"]));
    let utilities = expected.iter().zip(wanted).map(|(column, values)| {
        let spec = Spec { preferences: vec![over_observations(0, &values)], ..showing(column) };
        Agent::new(spec, Options::default()).see(&[Evidence::Missing]).split(0).utility
    });
    let mut differences = Differences::of("jax_00 expected_utility");
    differences.compare("utility", "", &[utilities.sum()], &numbers(&case.output));
    differences.conclude(TOLERANCE);
}

#[test]
fn the_policy_posterior_equals_the_reference_once_novelty_is_added() {
    let case = Case::load("update_posterior_policies_all_terms");
    let input = &case.input;
    let policies: Vec<_> = input["policies"].as_array().expect("a list").iter().map(index_lists).collect();
    let (habits, gamma) = (numbers(&input["E"]), input["gamma"].as_f64().expect("a number"));
    let mut spec = acting(input, &[2, 3, 1]);
    let wanted = rows(&input["C"]);
    spec.preferences = wanted.iter().enumerate().map(|(m, values)| over_observations(m, values)).collect();
    let (p_a, p_b) = (&input["pA"], &input["pB"]);
    let options = Options {
        policies: Policies::Listed(policies.clone()),
        habits: Some(habits.clone()),
        gamma,
        ..Options::default()
    };
    let mut agent = Agent::new(spec.clone(), options);
    let decision = agent.see(&vec![Evidence::Missing; 3]);
    let with_novelty = |(plan, known): (&Vec<Vec<usize>>, &f64)| known + novelty(&spec, p_a, p_b, plan);
    let neg_efe: Vec<f64> = policies.iter().zip(decision.neg_efe()).map(with_novelty).collect();
    let mut differences = Differences::of("jax_00 update_posterior_policies");
    differences.compare("neg_efe", "", &neg_efe, &numbers(&case.output["neg_efe"]));
    let logs = neg_efe.iter().zip(&habits).map(|(value, &habit)| gamma * value + ln_plus(habit));
    let posterior = softmax(&logs.collect::<Vec<_>>());
    differences.compare("policy posterior", "", &posterior, &numbers(&case.output["q_pi"]));
    differences.conclude(TOLERANCE);
}

/// The model of a case: beliefs `qs` as its prior, one control per factor.
fn acting(input: &Value, controls: &[usize]) -> Spec {
    let still = watching(&input["A"], &index_lists(&input["A_dependencies"]), rows(&input["qs"]));
    let tables = input["B"].as_array().expect("a list").iter().zip(index_lists(&input["B_dependencies"]));
    let moved = tables.enumerate().map(|(factor, (values, factors))| Table {
        factors,
        controls: vec![factor],
        values: numbers(values),
    });
    Spec {
        controls: controls.iter().enumerate().map(|(c, &size)| axis(&format!("control{c}"), size)).collect(),
        transitions: moved.collect(),
        ..still
    }
}
