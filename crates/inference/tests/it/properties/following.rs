//! An agent that plans anew only every few steps, or when it is surprised: in between it does what its plan says.

use std::cell::Cell;

use freeagentics_inference::engine::{Engine, Input, Options, Search, Searched, State};
use freeagentics_inference::model::Spec;

use super::for_each_model;
use super::life::{Life, Moment};
use super::recipe::{Recipe, any_model, learning_model};
use super::search::searching;
use crate::agent::engine;

const STEPS: usize = 8;

/// Small models, of some of which something is learnt.
fn each_model(check: impl Fn(&Recipe)) {
    let small = |recipe: &Recipe| Recipe {
        factors: recipe.factors.min(2),
        modalities: recipe.modalities.min(2),
        extent: recipe.extent.min(3),
        ..*recipe
    };
    for_each_model(150, any_model(), |recipe| check(&small(recipe)));
    for_each_model(50, learning_model(), |recipe| check(&small(recipe)));
}

/// Options of an agent that follows its plans, for a model of which habits and preferences by step were taken away.
fn following(recipe: &Recipe, spec: &mut Spec) -> Options {
    use freeagentics_inference::model::{Learnable, Preference};
    spec.learning.retain(|learning| learning.what != Learnable::Habits);
    spec.preferences.retain(|preference| !matches!(preference, Preference::Timed { .. }));
    let mut g = recipe.generator(13);
    let depth = 2 + g.index(2);
    let every = 2 + g.index(depth - 1) as u32;
    let surprise = [0.0, 0.5, 2.0][g.index(3)];
    let options = searching(recipe, spec);
    let search = options.search.clone().unwrap_or_default();
    Options {
        goal: None,
        search: Some(Search { depth, nodes: 5_000, every, surprise, sure: 0.0, ..search }),
        ..options
    }
}

fn input(moment: &Moment) -> Input<'_> {
    Input { evidence: &moment.evidence, executed: moment.executed.as_deref(), elapsed: moment.elapsed }
}

fn saved(engine: &Engine, state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    engine.save(state, &mut bytes).expect("the state is its own");
    bytes
}

#[test]
fn a_plan_is_followed_as_far_as_it_reaches_and_made_anew_when_it_is_over_or_something_surprises() {
    let (followed, surprised, skipped) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let add = |count: &Cell<u32>| count.set(count.get() + 1);
    each_model(|recipe| {
        let mut spec = recipe.spec();
        let options = following(recipe, &mut spec);
        let search = options.search.clone().unwrap_or_default();
        let ours = engine(spec.clone(), options.clone());
        let (mut state, mut scratch) = (ours.start(), ours.scratch());
        let mut life = Life::new(recipe, &spec);
        let (mut moment, mut since) = (life.first(), None);
        for _ in 0..STEPS {
            let before = saved(&ours, &state);
            let decision = ours.step(&mut state, &input(&moment), 3, &mut scratch).expect("the step is taken");
            let is_surprised = search.surprise > 0.0 && decision.free_energy() > search.surprise;
            let next = since.map_or(0, |since: u32| since + 1);
            let anew = since.is_none() || next >= search.every || is_surprised || moment.elapsed != 1;
            if anew && next > 0 && next < search.every {
                add(if is_surprised { &surprised } else { &skipped });
            }
            let expected = if anew { 0 } else { next };
            // An agent that plans anew at every step, and looks no further than the plan still reaches.
            let depth = search.depth - expected as usize;
            let shallow = Search { depth, every: 1, surprise: 0.0, ..search.clone() };
            let theirs = engine(spec.clone(), Options { search: Some(shallow), ..options.clone() });
            let mut other = theirs.load(&before).expect("it is a state of the same model");
            let mut fresh = theirs.scratch();
            let wanted = theirs.step(&mut other, &input(&moment), 3, &mut fresh).expect("the step is taken");
            assert_eq!(decision.digest(), wanted.digest(), "{recipe:?}");
            let searched = decision.searched().expect("it searches");
            assert_eq!(Some(Searched { followed: 0, ..searched }), wanted.searched(), "{recipe:?}");
            assert_eq!(searched.followed, expected, "{recipe:?}");
            followed.set(followed.get() + u32::from(expected > 0));
            since = Some(expected);
            moment = life.after(decision.action());
        }
    });
    println!("{} steps followed, {} surprised, {} skipped", followed.get(), surprised.get(), skipped.get());
    assert!(followed.get() > 300 && surprised.get() > 50 && skipped.get() > 50);
}

#[test]
fn a_followed_plan_survives_saving_folding_and_company() {
    let followed = Cell::new(0);
    each_model(|recipe| {
        let mut spec = recipe.spec();
        let options = following(recipe, &mut spec);
        let engine = engine(spec.clone(), options);
        let (mut state, mut scratch, mut other) = (engine.start(), engine.scratch(), engine.scratch());
        let (mut folded, mut batch, mut shared) = (engine.start(), engine.batch(), [engine.start(), engine.start()]);
        let mut life = Life::new(recipe, &spec);
        let mut moment = life.first();
        for _ in 0..STEPS {
            state = engine.load(&saved(&engine, &state)).expect("what was saved can be loaded");
            let decision = engine.step(&mut state, &input(&moment), 3, &mut scratch).expect("the step is taken");
            followed.set(followed.get() + decision.searched().map_or(0, |searched| searched.followed));
            let (digest, chosen) = (decision.digest(), decision.action().to_vec());
            for one in &mut shared {
                let theirs = engine.step_shared(one, &input(&moment), 3, &mut batch).expect("the step is taken");
                assert_eq!(theirs.digest(), digest, "{recipe:?}");
            }
            engine.fold(&mut folded, &input(&moment), &chosen, &mut other).expect("the step is folded");
            let all = [&state, &folded, &shared[0], &shared[1]].map(|state| saved(&engine, state));
            assert!(all.iter().all(|bytes| *bytes == all[0]), "{recipe:?}");
            moment = life.after(&chosen);
        }
    });
    assert!(followed.get() > 300);
}

#[test]
fn a_mark_that_no_plan_leaves_is_damage() {
    let recipe = Recipe { factors: 1, ..Recipe::numbered(3) };
    let mut spec = recipe.spec();
    let options = following(&recipe, &mut spec);
    let engine = engine(spec, options);
    let mut bytes = saved(&engine, &engine.believing(&engine.model().spec().priors).expect("the prior is a belief"));
    let mark = 1 + 8 + 8;
    assert_eq!(bytes[mark], 1, "an episode has begun, and nothing is followed");
    bytes[mark] = 65;
    assert!(engine.load(&bytes).is_err_and(|error| error.to_string().contains("no plan is followed for so long")));
}
