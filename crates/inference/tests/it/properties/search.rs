//! A search finds the values of dynamic programming, spends what it may, and does not depend on what it remembers.

use std::cell::{Cell, RefCell};

use freeagentics_inference::engine::{Backup, Budget, Input, Options, Policies, Search};
use freeagentics_inference::model::Spec;

use super::for_each_model;
use super::life::{Life, Moment};
use super::recipe::{Recipe, any_model};
use crate::agent::{Agent, engine};
use crate::differences::Differences;
use crate::slow::{combinations, entry, predict, sizes, worth};

/// The options of a random model, for a search that only looks for what is preferred.
fn options(recipe: &Recipe, spec: &Spec, depth: usize) -> Options {
    let search = Search { depth, nodes: 5_000, backup: Backup::Best, ..Search::default() };
    let options = recipe.options(spec);
    let policies = Policies::All { length: 1 };
    Options { policies, habits: None, information: false, search: Some(search), ..options }
}

#[test]
fn a_search_finds_the_values_of_dynamic_programming() {
    let differences = RefCell::new(Differences::of("150 small decision problems"));
    let compared = Cell::new(0);
    for_each_model(150, any_model(), |recipe| {
        let recipe = Recipe { factors: 1, modalities: recipe.modalities.min(2), extent: 3, ..*recipe };
        let spec = recipe.spec();
        let options = options(&recipe, &spec, 3);
        let mut agent = Agent::new(spec.clone(), options.clone());
        let mut case = Differences::of(&format!("{recipe:?}"));
        Life::new(&recipe, &spec).live(3, &mut agent, |_, ours| {
            let belief = ours.belief(0).to_vec();
            let values = values(&spec, &belief, 3, options.discount);
            case.compare("value of an action", "", ours.neg_efe(), &values);
            compared.set(compared.get() + 1);
            true
        });
        differences.borrow_mut().merge(&case);
        case.check(1e-9);
    });
    println!("{} decisions compared", compared.get());
    assert!(compared.get() >= 400);
    differences.into_inner().conclude(1e-9);
}

/// `Q(b, u) = r(b, u) + discount · Σ_o p(o) max Q(b', ·)`, by the book, for one factor.
fn values(spec: &Spec, belief: &[f64], depth: usize, discount: f64) -> Vec<f64> {
    let before = [belief.to_vec()];
    let value = |action: &Vec<usize>| {
        let now = worth(spec, &before, std::slice::from_ref(action))[0].utility;
        if depth == 1 {
            return now;
        }
        let after = predict(spec, &before, action);
        let observations: Vec<usize> = spec.modalities.iter().map(|m| m.labels.len()).collect();
        let beyond = combinations(&observations).into_iter().map(|seen| {
            let likely = |state: usize| {
                let tables = spec.likelihoods.iter().zip(&seen);
                tables.map(|(table, o)| entry(spec, table, *o, &[state], action)).product::<f64>()
            };
            let joint: Vec<f64> = after[0].iter().enumerate().map(|(state, q)| q * likely(state)).collect();
            let p: f64 = joint.iter().sum();
            if p <= 0.0 {
                return 0.0;
            }
            let belief: Vec<f64> = joint.iter().map(|q| q / p).collect();
            p * values(spec, &belief, depth - 1, discount).into_iter().fold(f64::NEG_INFINITY, f64::max)
        });
        now + discount * beyond.sum::<f64>()
    };
    combinations(&sizes(&spec.controls)).iter().map(value).collect()
}

/// Any search: with information, with pruning, with little to spend.
pub(crate) fn searching(recipe: &Recipe, spec: &Spec) -> Options {
    let mut g = recipe.generator(11);
    let search = Search {
        depth: 1 + g.index(3),
        nodes: 1 + 10 * g.index(20) as u32,
        prune_actions: [0.0, 0.05][g.index(2)],
        prune_outcomes: [0.0, 0.02][g.index(2)],
        backup: [Backup::Best, Backup::Expected][g.index(2)],
        sure: [0.0, 0.1][g.index(2)],
        ..Search::default()
    };
    Options { information: g.unit() < 0.7, search: Some(search), ..options(recipe, spec, 1) }
}

fn input(moment: &Moment) -> Input<'_> {
    Input { evidence: &moment.evidence, executed: moment.executed.as_deref(), elapsed: moment.elapsed }
}

#[test]
fn what_is_remembered_changes_no_bit_and_nothing_that_is_spent() {
    for_each_model(200, any_model(), |recipe| {
        let recipe = Recipe { factors: recipe.factors.min(2), modalities: recipe.modalities.min(2), ..*recipe };
        let spec = recipe.spec();
        let engine = engine(spec.clone(), searching(&recipe, &spec));
        let (mut state, mut scratch) = (engine.start(), engine.scratch());
        let mut life = Life::new(&recipe, &spec);
        let mut moment = life.first();
        for _ in 0..4 {
            let mut again = state.clone();
            let warm = engine.step(&mut state, &input(&moment), 3, &mut scratch).expect("the step is taken");
            let (digest, searched, chosen) = (warm.digest(), warm.searched(), warm.action().to_vec());
            let mut fresh = engine.scratch();
            let cold = engine.step(&mut again, &input(&moment), 3, &mut fresh).expect("the step is taken");
            assert_eq!((digest, searched), (cold.digest(), cold.searched()), "{recipe:?}");
            moment = life.after(&chosen);
        }
    });
}

#[test]
fn a_search_that_time_ended_is_made_again_from_what_it_had_spent() {
    let ended = Cell::new(0);
    for_each_model(200, any_model(), |recipe| {
        let recipe = Recipe { factors: recipe.factors.min(2), modalities: recipe.modalities.min(2), ..*recipe };
        let spec = recipe.spec();
        let engine = engine(spec.clone(), searching(&recipe, &spec));
        let mut life = Life::new(&recipe, &spec);
        let moment = life.first();
        let mut looks = recipe.generator(12).index(8);
        let mut clock = || {
            looks = looks.saturating_sub(1);
            looks > 0
        };
        let (mut scratch, mut other) = (engine.scratch(), engine.scratch());
        let mut budget = Budget { nodes: None, go_on: &mut clock };
        let decision = engine.step_within(&mut engine.start(), &input(&moment), 3, &mut scratch, &mut budget);
        let decision = decision.expect("the step is taken");
        let searched = decision.searched().expect("it searches");
        ended.set(ended.get() + u32::from(!searched.complete));
        let mut budget = Budget { nodes: Some(searched.nodes), go_on: &mut || true };
        let again = engine.step_within(&mut engine.start(), &input(&moment), 3, &mut other, &mut budget);
        assert_eq!(again.expect("the step is taken").digest(), decision.digest(), "{recipe:?}");
    });
    println!("{} of 200 searches ended early", ended.get());
    assert!(ended.get() > 30);
}
