//! A state is all that an agent is: what leads to the same state leads to the same decisions, bit for bit.

use freeagentics_inference::engine::{Engine, Impossible, Input, Options, SavedError, Scratch, State, StepError};
use freeagentics_inference::model::Evidence;
use freeagentics_inference::numerics::Digest;

use super::for_each_model;
use super::life::{Life, Moment};
use super::recipe::{Recipe, any_model, learning_model};
use crate::agent::engine;

const STEPS: usize = 5;

/// A short life as a log keeps it: what went in, what was chosen, and the decision's digest.
struct Logged {
    engine: Engine,
    steps: Vec<(Moment, Vec<usize>, Digest)>,
}

impl Logged {
    fn life(recipe: &Recipe) -> Self {
        let spec = recipe.spec();
        let engine = engine(spec.clone(), recipe.options(&spec));
        let (mut state, mut scratch) = (engine.start(), engine.scratch());
        let mut life = Life::new(recipe, &spec);
        let mut moment = life.first();
        let mut steps = Vec::new();
        for _ in 0..STEPS {
            let (digest, chosen) = decide(&engine, &mut state, &moment, &mut scratch).expect("the step is taken");
            let next = life.after(&chosen);
            steps.push((moment, chosen, digest));
            moment = next;
        }
        Self { engine, steps }
    }
}

fn decide(
    engine: &Engine,
    state: &mut State,
    moment: &Moment,
    scratch: &mut Scratch,
) -> Result<(Digest, Vec<usize>), StepError> {
    let decision = engine.step(state, &input(moment), 3, scratch)?;
    Ok((decision.digest(), decision.action().to_vec()))
}

fn input(moment: &Moment) -> Input<'_> {
    Input { evidence: &moment.evidence, executed: moment.executed.as_deref(), elapsed: moment.elapsed }
}

/// Tries models of which nothing is learnt, and as many of which something is.
fn both(check: impl Fn(&Recipe)) {
    for_each_model(300, any_model(), &check);
    for_each_model(300, learning_model(), &check);
}

#[test]
fn a_folded_life_leads_to_the_decisions_of_the_original() {
    both(|recipe| {
        let Logged { engine, steps } = Logged::life(recipe);
        let (mut folded, mut scratch) = (engine.start(), engine.scratch());
        for (moment, chosen, digest) in &steps {
            let original = decide(&engine, &mut folded.clone(), moment, &mut scratch);
            assert_eq!(original, Ok((*digest, chosen.clone())));
            engine.fold(&mut folded, &input(moment), chosen, &mut scratch).expect("the step is folded");
        }
    });
}

#[test]
fn a_saved_state_leads_to_the_decisions_of_the_original() {
    both(|recipe| {
        let Logged { engine, steps } = Logged::life(recipe);
        let (mut state, mut scratch, mut bytes) = (engine.start(), engine.scratch(), Vec::new());
        for (moment, chosen, digest) in &steps {
            engine.save(&state, &mut bytes).expect("the state is of this model");
            state = engine.load(&bytes).expect("what was saved can be loaded");
            assert_eq!(decide(&engine, &mut state, moment, &mut scratch), Ok((*digest, chosen.clone())));
        }
    });
}

#[test]
fn agents_that_take_turns_with_one_scratch_do_not_disturb_each_other() {
    both(|recipe| {
        let Logged { engine, steps } = Logged::life(recipe);
        let mut scratch = engine.scratch();
        let (mut one, mut other) = (engine.start(), engine.start());
        for (moment, chosen, digest) in &steps {
            let nothing =
                Moment { evidence: vec![Evidence::Missing; moment.evidence.len()], executed: None, elapsed: 1 };
            decide(&engine, &mut other, &nothing, &mut scratch).expect("the step is taken");
            assert_eq!(decide(&engine, &mut one, moment, &mut scratch), Ok((*digest, chosen.clone())));
        }
    });
}

#[test]
fn agents_of_a_batch_decide_as_each_would_alone() {
    let shared = std::cell::Cell::new(0);
    both(|recipe| {
        let Logged { engine, steps } = Logged::life(recipe);
        let mut batch = engine.batch();
        // Three agents live the same life, so that the later ones find what the first has come to.
        let mut states = vec![engine.start(); 3];
        for (moment, chosen, digest) in &steps {
            let inputs = [input(moment); 3];
            engine.step_batch(&mut states, &inputs, &[3; 3], &mut batch, |_, decision| {
                let decision = decision.expect("the step is taken");
                assert_eq!((decision.digest(), decision.action()), (*digest, chosen.as_slice()), "{recipe:?}");
                shared.set(shared.get() + 1);
            });
            let mut bytes = [Vec::new(), Vec::new()];
            engine.save(&states[0], &mut bytes[0]).expect("the state is its own");
            engine.save(&states[2], &mut bytes[1]).expect("the state is its own");
            assert_eq!(bytes[0], bytes[1]);
        }
        // A draw is each agent's own.
        for seed in 4..8 {
            let (mut one, mut scratch) = (engine.start(), engine.scratch());
            let mut other = engine.start();
            for (moment, ..) in &steps {
                let alone = engine.step(&mut one, &input(moment), seed, &mut scratch).map(|d| d.digest());
                let with_others = engine.step_shared(&mut other, &input(moment), seed, &mut batch).map(|d| d.digest());
                assert_eq!(alone, with_others, "{recipe:?}");
            }
        }
    });
    assert!(shared.get() > 1000);
}

#[test]
fn a_refused_step_leaves_the_agent_as_it_was() {
    let refused = std::cell::Cell::new(0);
    for_each_model(1000, learning_model(), |recipe| {
        let spec = recipe.spec();
        let engine = engine(spec.clone(), Options { impossible: Impossible::Refuse, ..recipe.options(&spec) });
        let (mut state, mut scratch) = (engine.start(), engine.scratch());
        let mut g = recipe.generator(6);
        for _ in 0..STEPS {
            let evidence = spec.modalities.iter().map(|m| Evidence::Index(g.index(m.labels.len()))).collect();
            let moment = Moment { evidence, executed: None, elapsed: 1 };
            let (mut before, mut after) = (Vec::new(), Vec::new());
            engine.save(&state, &mut before).expect("the state is of this model");
            let Err(error) = decide(&engine, &mut state, &moment, &mut scratch) else {
                if g.index(3) == 0 {
                    state.reset();
                }
                continue;
            };
            assert!(matches!(error, StepError::Impossible { .. }), "{error}");
            engine.save(&state, &mut after).expect("the state is of this model");
            assert_eq!(before, after, "the state moved");
            refused.set(refused.get() + 1);
        }
    });
    println!("{} steps refused", refused.get());
    assert!(refused.get() > 100, "only {} steps were refused", refused.get());
}

#[test]
fn what_belongs_to_another_engine_is_refused() {
    let made = |number| {
        let recipe = Recipe::numbered(number);
        let spec = recipe.spec();
        (engine(spec.clone(), recipe.options(&spec)), vec![Evidence::Missing; spec.modalities.len()])
    };
    let ((one, unseen), (other, _)) = (made(1), made(2));
    let mut bytes = Vec::new();
    assert_eq!(one.save(&other.start(), &mut bytes), Err(SavedError::Foreign));
    other.save(&other.start(), &mut bytes).expect("the state is its own");
    assert_eq!(one.load(&bytes), Err(SavedError::Foreign));
    let foreign_state = one.step(&mut other.start(), &Input::new(&unseen), 0, &mut one.scratch()).map(|d| d.digest());
    assert_eq!(foreign_state, Err(StepError::Foreign("state")));
    let foreign_scratch = one.step(&mut one.start(), &Input::new(&unseen), 0, &mut other.scratch()).map(|d| d.digest());
    assert_eq!(foreign_scratch, Err(StepError::Foreign("working memory")));
}

#[test]
fn a_damaged_state_is_refused() {
    let recipe = Recipe::numbered(3);
    let spec = recipe.spec();
    let engine = engine(spec.clone(), recipe.options(&spec));
    let (mut state, mut bytes) = (engine.start(), Vec::new());
    let unseen = vec![Evidence::Missing; spec.modalities.len()];
    engine.step(&mut state, &Input::new(&unseen), 0, &mut engine.scratch()).expect("the step is taken");
    engine.save(&state, &mut bytes).expect("the state is its own");
    assert!(matches!(engine.load(&bytes[..bytes.len() - 1]), Err(SavedError::Length { .. })));
    assert!(matches!(engine.load(&[]), Err(SavedError::Format(None))));
    assert!(matches!(engine.own_part(&bytes, 2), Err(SavedError::Damaged(_))), "it has taken one step");
    let own = engine.own_part(&bytes, 1).expect("it has taken one step").to_vec();
    assert!(matches!(engine.load_own(&own[..own.len() - 1], 1, &mut state), Err(SavedError::Length { .. })));
    engine.load_own(&own, 1, &mut state).expect("its own part is enough");
    let mut again = Vec::new();
    engine.save(&state, &mut again).expect("the state is its own");
    assert_eq!(again, bytes);
    let last = bytes.len() - 8;
    bytes[last..].copy_from_slice(&0.7_f64.to_le_bytes());
    bytes[last - 8..last].copy_from_slice(&0.7_f64.to_le_bytes());
    assert_eq!(engine.load(&bytes), Err(SavedError::Damaged("a belief is not a distribution")));
}
