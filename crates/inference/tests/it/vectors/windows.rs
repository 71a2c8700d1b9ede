//! Recorded runs of agents that look back over a window.

use freeagentics_inference::engine::{Scheme, Window};
use freeagentics_inference::model::Evidence;

use super::TOLERANCE;
use super::recording::Recording;
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

#[test]
fn smoothing_begins_as_the_reference_does() {
    for file in ["jax_23_exact_learn", "jax_24_ovf_learnB"] {
        let recording = Recording::load(file);
        let engine = Agent::new(recording.model.spec(), recording.options()).engine;
        let step = &recording.steps[0];
        let evidence = [step.evidence()];
        let window = Window { evidence: &evidence, actions: &[], prior: None };
        let beliefs = engine.infer_window(&window, Scheme::Smoothing).expect("it is a window");
        let mut differences = Differences::of(&recording.name);
        for (factor, theirs) in step.qs.iter().enumerate() {
            differences.compare("belief", "step 0", &beliefs[0][factor], theirs);
        }
        differences.conclude(TOLERANCE);
    }
}
