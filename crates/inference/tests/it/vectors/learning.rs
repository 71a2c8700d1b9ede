//! Recorded runs of agents that learn: what they decide, and the counts that every step leaves behind.

use freeagentics_inference::engine::{Choice, Mode, Options, Policies};
use freeagentics_inference::model::{Learnable, Learning, Spec, Table};
use serde_json::Value;

use super::TOLERANCE;
use super::recording::{RecordedStep, Recording, json, numbers};
use super::runs::{Controls, compare};
use crate::agent::Agent;
use crate::bench_models::build::{axis, modality};
use crate::differences::Differences;

#[test]
fn learning_likelihoods_with_novelty_equals_the_reference() {
    follow("jax_07_learn_pA", 0);
}

#[test]
fn learning_transitions_of_interacting_factors_equals_the_reference() {
    follow("jax_08_learn_pB", 0);
}

// The tables that these two begin with are not those that their counts give: they are followed from the step on at which
// the reference has put that right.

#[test]
fn learning_both_equals_the_reference() {
    follow("jax_10_learn_both_lr1", 2);
}

#[test]
fn learning_from_soft_observations_equals_the_reference() {
    follow("jax_16_categorical_obs", 1);
}

/// Follows a recording from a step on. What was counted before it is the prior then.
fn follow(file: &str, from: usize) {
    let recording = Recording::load(file);
    let controls = Controls::of(&recording.model);
    let model = &recording.model;
    let before = from.checked_sub(1).map(|step| &recording.steps[step]);
    let likelihoods = before.map_or(&model.likelihood_counts, |step| &step.likelihood_counts);
    let transitions = before.map_or(&model.transition_counts, |step| &step.transition_counts);
    let mut spec = recording.model.spec();
    for (index, counts) in likelihoods.iter().flatten().enumerate() {
        learn(&mut spec, Learnable::Likelihood(index), &numbers(counts), recording.likelihood_rate);
    }
    for (index, counts) in transitions.iter().flatten().enumerate() {
        learn(&mut spec, Learnable::Transition(index), &numbers(counts), recording.transition_rate);
    }
    let mut agent = Agent::new(spec, recording.options());
    let mut executed = None;
    if let Some(step) = before {
        agent.state = agent.engine.believing(&step.qs).expect("these are beliefs");
        executed = Some(controls.action(&step.action));
    }
    let mut differences = Differences::of(&recording.name);
    for (t, step) in recording.steps.iter().enumerate().skip(from) {
        let at = format!("step {t}");
        let decision = agent.step(&step.evidence(), executed.as_deref(), 1).expect("the step is taken");
        compare(&mut differences, &at, &decision, step, &controls);
        same_counts(&mut differences, &at, &agent, step);
        executed = Some(controls.action(&step.action));
    }
    differences.conclude(TOLERANCE);
}

fn same_counts(differences: &mut Differences, at: &str, agent: &Agent, step: &RecordedStep) {
    let counts = |what: Learnable| agent.engine.counts(&agent.state, what).expect("it is learnt");
    for (index, theirs) in step.likelihood_counts.iter().flatten().enumerate() {
        differences.compare("counts of a likelihood", at, &counts(Learnable::Likelihood(index)), &numbers(theirs));
    }
    for (index, theirs) in step.transition_counts.iter().flatten().enumerate() {
        differences.compare("counts of a transition", at, &counts(Learnable::Transition(index)), &numbers(theirs));
    }
}

/// Makes a table what its counts say, and lets it be learnt from them on.
fn learn(spec: &mut Spec, what: Learnable, counts: &[f64], rate: f64) {
    let (values, outcomes) = match what {
        Learnable::Likelihood(index) => (&mut spec.likelihoods[index].values, spec.modalities[index].labels.len()),
        Learnable::Transition(index) => (&mut spec.transitions[index].values, spec.factors[index].labels.len()),
        Learnable::Prior(index) => (&mut spec.priors[index], spec.factors[index].labels.len()),
        Learnable::Habits => panic!("no recording learns habits"),
    };
    let columns = counts.len() / outcomes;
    // What the reference takes for zero is not.
    let counts: Vec<f64> = counts.iter().map(|count| if *count < 1e-12 { 0.0 } else { *count }).collect();
    let sum = |column: usize| counts.iter().skip(column).step_by(columns).sum::<f64>();
    let strength: Vec<f64> = (0..columns).map(sum).collect();
    *values = counts.iter().enumerate().map(|(at, count)| count / strength[at % columns]).collect();
    spec.learning.push(Learning { what, strength, rate, forgetting: 0.0 });
}

/// The older implementation floors logarithms otherwise and infers otherwise; what it counts about the start of an episode,
/// which its T-maze shows as it is, is the same.
#[test]
fn counts_of_a_prior_equal_those_of_the_older_implementation() {
    let file = json("legacy_02_tmaze_learnABD");
    let model = &file["model"];
    let list = |of: &Value| of.as_array().expect("a list").clone();
    let with_controls = [vec![0], vec![]];
    let mut spec = Spec {
        factors: vec![axis("place", 4), axis("reward", 2)],
        controls: vec![axis("go", 4)],
        modalities: [4, 3, 2].iter().enumerate().map(|(m, &size)| modality(&format!("modality{m}"), size)).collect(),
        likelihoods: list(&model["A"])
            .iter()
            .map(|values| Table { factors: vec![0, 1], controls: vec![], values: numbers(values) })
            .collect(),
        transitions: list(&model["B"])
            .iter()
            .zip(with_controls)
            .enumerate()
            .map(|(f, (values, controls))| Table { factors: vec![f], controls, values: numbers(values) })
            .collect(),
        priors: list(&model["D"]).iter().map(numbers).collect(),
        ..Spec::default()
    };
    let counts: Vec<Vec<f64>> = list(&model["pD"]).iter().map(numbers).collect();
    counts.iter().enumerate().for_each(|(f, counts)| learn(&mut spec, Learnable::Prior(f), counts, 1.0));
    let options = Options {
        policies: Policies::All { length: 1 },
        mode: Mode::Full,
        choice: Choice::Deterministic,
        ..Options::default()
    };
    let mut agent = Agent::new(spec, options);
    let mut differences = Differences::of("legacy_02");
    let first = &file["steps"][0];
    let seen: Vec<_> = list(&first["obs"]).iter().map(super::recording::evidence).collect();
    agent.see(&seen);
    for (factor, theirs) in list(&first["pD"]).iter().enumerate() {
        let ours = agent.engine.counts(&agent.state, Learnable::Prior(factor)).expect("it is learnt");
        differences.compare("counts of a prior", "step 0", &ours, &numbers(theirs));
    }
    differences.conclude(TOLERANCE);
}
