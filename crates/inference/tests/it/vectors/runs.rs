//! Whole recorded runs: beliefs, free energies, policies and choices at every step.

use freeagentics_inference::engine::Decision;

use super::TOLERANCE;
use super::recording::{RecordedModel, RecordedStep, Recording};
use crate::agent::Agent;
use crate::differences::Differences;

#[test]
fn a_tmaze_with_structural_zeros_and_256_policies_equals_the_reference() {
    follow("jax_01_tmaze_pl4", 10);
}

#[test]
fn a_grid_with_policies_of_three_steps_equals_the_reference() {
    follow("jax_03_grid5x5_pl3", 10);
}

#[test]
fn interacting_factors_with_sparse_dependencies_equal_the_reference() {
    follow("jax_05_deps3f", 10);
}

#[test]
fn habits_and_precisions_equal_the_reference() {
    follow("jax_13_habits_E", 10);
}

#[test]
fn several_controls_per_factor_equal_the_reference() {
    follow("jax_14_complex_actions", 10);
}

#[test]
fn chained_cues_equal_the_reference() {
    follow("jax_18_cue_chaining", 10);
}

#[test]
fn goals_behind_walls_equal_the_reference() {
    follow("jax_11_inductive_grid", 10);
}

#[test]
fn the_first_step_with_soft_observations_equals_the_reference() {
    // From the second step on the recorded agent has learnt.
    follow("jax_16_categorical_obs", 1);
}

/// Goes through the first steps of a recording, always continuing with the action it recorded.
fn follow(file: &str, steps: usize) {
    let recording = Recording::load(file);
    assert!(recording.steps.len() >= steps, "{file} has fewer steps than are to be compared");
    let controls = Controls::of(&recording.model);
    let mut agent = Agent::new(recording.model.spec(), recording.options());
    same_policies(&recording, &controls, &agent);
    let mut differences = Differences::of(&recording.name);
    let mut executed: Option<Vec<usize>> = None;
    for (t, step) in recording.steps.iter().take(steps).enumerate() {
        let decision = agent.step(&step.evidence(), executed.as_deref(), 1).expect("the step is taken");
        compare(&mut differences, &format!("step {t}"), &decision, step, &controls);
        executed = Some(controls.action(&step.action));
    }
    differences.conclude(TOLERANCE);
}

fn same_policies(recording: &Recording, controls: &Controls, agent: &Agent) {
    assert_eq!(agent.engine.n_policies(), recording.policies.len());
    for (policy, times) in recording.policies.iter().enumerate() {
        assert_eq!(agent.engine.policy_len(), times.len());
        for (time, action) in times.iter().enumerate() {
            let ours = agent.engine.policy_action(policy, time);
            assert_eq!(ours, controls.action(action), "policy {policy} at {time} is another one");
        }
    }
}

pub(super) fn compare(
    differences: &mut Differences,
    at: &str,
    ours: &Decision<'_>,
    theirs: &RecordedStep,
    controls: &Controls,
) {
    for (factor, (prior, belief)) in theirs.prior.iter().zip(&theirs.qs).enumerate() {
        differences.compare("prior", at, ours.prior(factor), prior);
        differences.compare("belief", at, ours.belief(factor), belief);
    }
    differences.compare_one("free energy", at, ours.free_energy(), theirs.vfe);
    differences.compare("neg_efe", at, ours.neg_efe(), &theirs.neg_efe);
    differences.compare("policy posterior", at, ours.posterior(), &theirs.q_pi);
    for (control, marginal) in controls.marginals(&theirs.action_marginals).iter().enumerate() {
        differences.compare("action marginals", at, ours.marginal(control), marginal);
    }
    // Closer than this, the reference's own choice hangs on its last bits.
    if theirs.action_gap.iter().all(|&gap| gap > 1e-9) {
        assert_eq!(ours.action(), controls.action(&theirs.action), "another action at {at}");
    }
}

/// How the files' one flattened action index per factor stands for values of our controls.
pub(super) struct Controls {
    sizes: Vec<usize>,
    moved_by: Vec<Vec<usize>>,
}

impl Controls {
    pub(super) fn of(model: &RecordedModel) -> Self {
        Self { sizes: model.control_sizes(), moved_by: model.moved_by() }
    }

    /// The value of each control; every control moves some factor, and factors agree on what they share.
    pub(super) fn action(&self, flattened: &[usize]) -> Vec<usize> {
        let mut action = vec![None; self.sizes.len()];
        for (factor, &index) in flattened.iter().enumerate() {
            for (control, value) in self.values(factor, index) {
                assert!(action[control].is_none_or(|other| other == value), "factors disagree on control {control}");
                action[control] = Some(value);
            }
        }
        action.into_iter().map(|value| value.expect("every control moves a factor")).collect()
    }

    /// The controls of a factor with the values that its flattened index stands for; the last is fastest.
    fn values(&self, factor: usize, index: usize) -> Vec<(usize, usize)> {
        let mut rest = index;
        let fastest_first = self.moved_by[factor].iter().rev();
        fastest_first
            .map(|&control| {
                let value = rest % self.sizes[control];
                rest /= self.sizes[control];
                (control, value)
            })
            .collect()
    }

    /// Per control the mass of each value, from the recorded mass of each flattened index.
    pub(super) fn marginals(&self, per_factor: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mut marginals: Vec<_> = self.sizes.iter().map(|&size| vec![0.0; size]).collect();
        let mut seen = vec![false; self.sizes.len()];
        for (factor, masses) in per_factor.iter().enumerate() {
            let fresh: Vec<usize> = self.moved_by[factor].iter().copied().filter(|&c| !seen[c]).collect();
            for (index, mass) in masses.iter().enumerate() {
                for (control, value) in self.values(factor, index) {
                    if fresh.contains(&control) {
                        marginals[control][value] += mass;
                    }
                }
            }
            fresh.into_iter().for_each(|control| seen[control] = true);
        }
        marginals
    }
}
