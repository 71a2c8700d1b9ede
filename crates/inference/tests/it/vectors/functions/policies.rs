//! Which policies there are, and the mass of first actions.

use freeagentics_inference::engine::{Options, Policies};
use freeagentics_inference::model::{Evidence, Spec};

use super::super::TOLERANCE;
use super::super::recording::numbers;
use super::{Case, indices, rows, showing};
use crate::agent::Agent;
use crate::bench_models::build::axis;
use crate::differences::Differences;

#[test]
fn policies_come_in_the_references_order() {
    let case = Case::load("construct_policies");
    let length = case.input["policy_len"].as_u64().expect("a length") as usize;
    let agent = indifferent(&indices(&case.input["num_controls"]), length, None);
    let policies = case.output.as_array().expect("a list");
    assert_eq!(agent.engine.n_policies(), policies.len());
    for (policy, times) in policies.iter().enumerate() {
        for (time, action) in times.as_array().expect("a list").iter().enumerate() {
            assert_eq!(agent.engine.policy_action(policy, time), indices(action), "policy {policy} at {time}");
        }
    }
}

#[test]
fn marginals_of_first_actions_equal_the_reference() {
    let case = Case::load("get_marginals");
    // Where all policies are worth the same, the posterior is the habit.
    let posterior = numbers(&case.input["q_pi"]);
    let mut agent = indifferent(&indices(&case.input["num_controls"]), 2, Some(posterior.clone()));
    let decision = agent.see(&[Evidence::Missing]);
    let mut differences = Differences::of("jax_00 get_marginals");
    differences.compare("policy posterior", "", decision.posterior(), &posterior);
    for (control, marginal) in rows(&case.output).iter().enumerate() {
        differences.compare("action marginals", "", decision.marginal(control), marginal);
    }
    differences.conclude(TOLERANCE);
}

/// An agent that can act but does not care: one state, nothing wanted, nothing to learn.
fn indifferent(controls: &[usize], length: usize, habits: Option<Vec<f64>>) -> Agent {
    let controls = controls.iter().enumerate().map(|(c, &size)| axis(&format!("control{c}"), size)).collect();
    let spec = Spec { controls, ..showing(&[0.5, 0.5]) };
    Agent::new(spec, Options { policies: Policies::All { length }, habits, ..Options::default() })
}
