//! Sampled choices: replayable one by one, and as frequent as the posterior says.

use freeagentics_inference::engine::{Choice, Mode, Options};
use freeagentics_inference::model::{Evidence, Spec};

use super::for_each_model;
use super::life::Life;
use super::recipe::{Recipe, any_model};
use crate::agent::Agent;
use crate::bench_models::build::{axis, modality, over_observations, table, uniform};
use crate::sampled::come_as_often_as;
use crate::slow::{ln_plus, softmax};

#[test]
fn the_same_seed_and_step_give_the_same_choice() {
    for_each_model(300, any_model(), |recipe| {
        assert_eq!(choices(recipe, recipe.seed), choices(recipe, recipe.seed));
    });
}

#[test]
fn another_seed_gives_other_choices() {
    let mut agent = indifferent(Mode::Marginal, 1.0);
    let lives: Vec<Vec<usize>> = (0..20).map(|seed| life(&mut agent, seed, 30)).collect();
    for (index, one) in lives.iter().enumerate() {
        assert!(lives[index + 1..].iter().all(|other| other != one), "two seeds chose the same thirty times");
    }
}

#[test]
fn over_seeds_each_choice_comes_as_often_as_its_share() {
    for mode in [Mode::Full, Mode::Marginal] {
        for alpha in [1.0, 0.4, 3.0] {
            let mut agent = indifferent(mode, alpha);
            let mut counts = [0; 4];
            (0..4_000).for_each(|seed| counts[life(&mut agent, seed, 1)[0]] += 1);
            come_as_often_as(&share(alpha), &counts);
        }
    }
}

#[test]
fn over_the_steps_of_one_agent_each_choice_comes_as_often_as_its_share() {
    let mut agent = indifferent(Mode::Full, 1.0);
    let mut counts = [0; 4];
    life(&mut agent, 7, 10_000).into_iter().for_each(|choice| counts[choice] += 1);
    come_as_often_as(&share(1.0), &counts);
}

#[test]
fn one_choice_says_nothing_about_the_next() {
    let mut agent = indifferent(Mode::Full, 1.0);
    let choices = life(&mut agent, 11, 10_000);
    let mut pairs = [0; 16];
    choices.windows(2).for_each(|pair| pairs[4 * pair[0] + pair[1]] += 1);
    let share = share(1.0);
    let expected: Vec<f64> = share.iter().flat_map(|first| share.iter().map(move |second| first * second)).collect();
    come_as_often_as(&expected, &pairs);
}

/// What an agent with sampled choices did in a short life.
fn choices(recipe: &Recipe, seed: u64) -> Vec<Vec<usize>> {
    let spec = recipe.spec();
    let mut agent = Agent::new(spec.clone(), Options { choice: Choice::Sampled, ..recipe.options(&spec) });
    agent.seed = seed;
    let mut choices = Vec::new();
    Life::new(recipe, &spec).live(4, &mut agent, |_, decision| {
        choices.push(decision.action().to_vec());
        true
    });
    choices
}

/// The choices of an agent's first steps.
fn life(agent: &mut Agent, seed: u64, steps: usize) -> Vec<usize> {
    agent.restart();
    agent.seed = seed;
    (0..steps).map(|_| agent.see(&[Evidence::Missing]).action()[0]).collect()
}

/// What the four values are worth; nothing that happens changes it.
const WORTH: [f64; 4] = [0.0, 0.7, -0.4, 1.1];

fn share(alpha: f64) -> Vec<f64> {
    softmax(&softmax(&WORTH).into_iter().map(|p| alpha * ln_plus(p)).collect::<Vec<_>>())
}

/// An agent whose next place is what it chooses, with the same wishes at every step.
fn indifferent(mode: Mode, alpha: f64) -> Agent {
    let same = |at: &[usize]| f64::from(at[0] == at[at.len() - 1]);
    let spec = Spec {
        factors: vec![axis("place", 4)],
        controls: vec![axis("go", 4)],
        modalities: vec![modality("position", 4)],
        likelihoods: vec![table(&[0], &[], &[4, 4], same)],
        transitions: vec![table(&[0], &[0], &[4, 4, 4], same)],
        preferences: vec![over_observations(0, &WORTH)],
        priors: vec![uniform(4)],
        learning: Vec::new(),
    };
    Agent::new(spec, Options { mode, alpha, choice: Choice::Sampled, ..Options::default() })
}
