//! Recorded runs of agents that look back over a window.

use freeagentics_inference::engine::{Scheme, Window};
use freeagentics_inference::model::{Evidence, Spec};
use serde_json::Value;

use super::TOLERANCE;
use super::recording::{RecordedStep, Recording, numbers};
use super::runs::Controls;
use crate::agent::Agent;
use crate::differences::Differences;

#[test]
fn marginal_message_passing_equals_the_reference() {
    follow("jax_20_mmp_window4", Scheme::Marginal);
}

#[test]
fn variational_message_passing_equals_the_reference() {
    follow("jax_21_vmp_window4", Scheme::Variational);
}

fn follow(file: &str, scheme: Scheme) {
    let recording = Recording::load(file);
    let controls = Controls::of(&recording.model);
    let engine = Agent::new(recording.model.spec(), recording.options()).engine;
    let evidence: Vec<Vec<Evidence>> = recording.steps.iter().map(|step| step.evidence()).collect();
    let actions: Vec<Vec<usize>> = recording.steps.iter().map(|step| controls.action(&step.action)).collect();
    let mut differences = Differences::of(&recording.name);
    for (t, step) in recording.steps.iter().enumerate() {
        let first = t + 1 - step.valid_steps;
        let window = Window { evidence: &evidence[first..=t], actions: &actions[first..t], prior: Some(&step.prior) };
        let beliefs = engine.infer_window(&window, scheme).expect("it is a window");
        for (factor, theirs) in step.qs_window.iter().enumerate() {
            let theirs = &theirs[theirs.len() - step.valid_steps..];
            for (at, (ours, theirs)) in beliefs.iter().zip(theirs).enumerate() {
                differences.compare("belief", &format!("window {t}, step {at}"), &ours[factor], theirs);
            }
        }
    }
    differences.conclude(TOLERANCE);
}

/// The reference counts all that is in the window again with every step. Here it is followed by the tables that it has come to
/// by that; what is counted once only is compared with every path through the window, in `properties/looking_back.rs`.
#[test]
fn smoothers_that_learn_are_followed_by_the_tables_of_the_time() {
    for file in ["jax_23_exact_learn", "jax_24_ovf_learnB"] {
        let recording = Recording::load(file);
        let controls = Controls::of(&recording.model);
        let mut differences = Differences::of(&recording.name);
        for (t, step) in recording.steps.iter().enumerate() {
            let before = t.checked_sub(1).map(|before| &recording.steps[before]);
            let mut agent = Agent::new(spec_of_the_time(&recording, before), recording.options());
            let executed = before.map(|before| controls.action(&before.action));
            if let Some(before) = before {
                agent.state = agent.engine.believing(&before.qs).expect("these are beliefs");
            }
            let at = format!("step {t}");
            let ours = agent.step(&step.evidence(), executed.as_deref(), 1).expect("the step is taken");
            for (factor, (prior, belief)) in step.prior.iter().zip(&step.qs).enumerate() {
                differences.compare("prior", &at, ours.prior(factor), prior);
                differences.compare("belief", &at, ours.belief(factor), belief);
            }
            differences.compare("neg_efe", &at, ours.neg_efe(), &step.neg_efe);
            differences.compare("policy posterior", &at, ours.posterior(), &step.q_pi);
        }
        differences.conclude(TOLERANCE);
    }
}

/// The model with the tables of the counts after a step, where these have moved.
fn spec_of_the_time(recording: &Recording, after: Option<&RecordedStep>) -> Spec {
    let model = &recording.model;
    let mut spec = model.spec();
    let Some(step) = after else { return spec };
    let renew = |table: &mut Vec<f64>, columns: usize, first: &[f64], counts: &[f64]| {
        if first.iter().zip(counts).all(|(first, count)| (first - count).abs() < 1e-12) {
            return;
        }
        let sum = |column: usize| counts.iter().skip(column).step_by(columns).sum::<f64>();
        *table = counts.iter().enumerate().map(|(at, count)| count / sum(at % columns)).collect();
    };
    let pairs = |first: &Option<Vec<Value>>, counts: &Option<Vec<Value>>| -> Vec<(Vec<f64>, Vec<f64>)> {
        let both = first.iter().flatten().zip(counts.iter().flatten());
        both.map(|(first, counts)| (numbers(first), numbers(counts))).collect()
    };
    for (m, (first, counts)) in pairs(&model.likelihood_counts, &step.likelihood_counts).iter().enumerate() {
        let columns = first.len() / spec.modalities[m].labels.len();
        renew(&mut spec.likelihoods[m].values, columns, first, counts);
    }
    for (f, (first, counts)) in pairs(&model.transition_counts, &step.transition_counts).iter().enumerate() {
        let columns = first.len() / spec.factors[f].labels.len();
        renew(&mut spec.transitions[f].values, columns, first, counts);
    }
    spec
}

/// What the reference counts is what it has been shown, once for each step that it was in the window for.
#[test]
fn the_reference_counts_old_data_again_with_every_step() {
    let recording = Recording::load("jax_23_exact_learn");
    let counted =
        |counts: &Option<Vec<Value>>| counts.iter().flatten().map(numbers).next().map(|all| all.iter().sum::<f64>());
    let mut before = counted(&recording.model.likelihood_counts).expect("it learns likelihoods");
    let mut added = Vec::new();
    for step in &recording.steps {
        let after = counted(&step.likelihood_counts).expect("it learns likelihoods");
        added.push((after - before).round() as usize);
        before = after;
    }
    assert_eq!(added, [1, 2, 3, 4, 5, 5, 5, 5, 5, 5], "ours adds one with every step that leaves the window");
}
