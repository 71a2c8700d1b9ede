//! Sampled actions come as often as the reference says they should.

use freeagentics_inference::engine::{Choice, Mode, Options};

use super::recording::Recording;
use super::runs::Controls;
use crate::agent::Agent;
use crate::sampled::come_as_often_as;

const DRAWS: u64 = 5_000;

#[test]
fn marginal_choices_come_as_often_as_the_reference_says() {
    // α is .7 here: the probabilities of a choice are not the posterior's.
    let recording = Recording::load("jax_13_habits_E");
    let controls = Controls::of(&recording.model);
    let expected = controls.marginals(&recording.steps[0].sampling);
    let counts = draws(&recording, &expected.iter().map(Vec::len).collect::<Vec<_>>());
    for (counts, expected) in counts.iter().zip(&expected) {
        come_as_often_as(expected, counts);
    }
}

#[test]
fn whole_policies_come_as_often_as_the_reference_says() {
    let recording = Recording::load("jax_14_complex_actions");
    let agent = Agent::new(recording.model.spec(), recording.options());
    assert_eq!(agent.engine.options().mode, Mode::Full);
    let mut expected = vec![vec![0.0; 3], vec![0.0; 2]];
    for (policy, probability) in recording.steps[0].sampling[0].iter().enumerate() {
        for (control, &value) in agent.engine.policy_action(policy, 0).iter().enumerate() {
            expected[control][value] += probability;
        }
    }
    for (counts, expected) in draws(&recording, &[3, 2]).iter().zip(&expected) {
        come_as_often_as(expected, counts);
    }
}

/// How often each value of each control is chosen at the first step, over many seeds.
fn draws(recording: &Recording, sizes: &[usize]) -> Vec<Vec<u64>> {
    let options = Options { choice: Choice::Sampled, ..recording.options() };
    let mut agent = Agent::new(recording.model.spec(), options);
    let evidence = recording.steps[0].evidence();
    let mut counts: Vec<Vec<u64>> = sizes.iter().map(|&size| vec![0; size]).collect();
    for seed in 0..DRAWS {
        agent.restart();
        agent.seed = seed;
        let decision = agent.see(&evidence);
        for (control, &value) in decision.action().iter().enumerate() {
            counts[control][value] += 1;
        }
    }
    counts
}
