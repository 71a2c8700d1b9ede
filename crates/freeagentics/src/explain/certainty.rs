//! What would be done if the likeliest were certain, and why it is not done yet.

use freeagentics_inference::{
    engine::{Choice, Decision, Engine, Input},
    model::Evidence,
};

use super::{
    names, odds, sentence,
    weighing::{Considered, Weighing},
};

/// From these odds on a state is what is probably going on, and its action is what one would ask for.
const PROBABLE: f64 = 0.6;

/// From these odds on the belief is as good as certain, and the choice already that of a certainty.
const SURE: f64 = 0.99;

/// `page, best if broken were certain, would cost 18.8 and save 15.4: not yet.` Nothing where that is the choice, or is
/// weighed anyway, or where nothing in particular is probable.
pub(crate) fn not_yet(engine: &Engine, decision: &Decision<'_>, weighing: &Weighing) -> Option<String> {
    let spec = engine.model().spec();
    let likeliest: Vec<(usize, f64)> = (0..spec.factors.len())
        .map(|factor| odds::ranked(decision.belief(factor)).first().copied())
        .collect::<Option<_>>()?;
    let probable = likeliest.iter().all(|(_, odds)| *odds >= PROBABLE);
    if !probable || likeliest.iter().all(|(_, odds)| *odds >= SURE) {
        return None;
    }
    let states: Vec<usize> = likeliest.iter().map(|(state, _)| *state).collect();
    let action = when_certain(engine, &states)?;
    let is_said = |one: &Considered| one.action == action;
    if weighing.chosen == action || weighing.idle.as_ref() == Some(&action) || weighing.rival().is_some_and(is_said) {
        return None;
    }
    let one = weighing.considered.iter().find(|one| one.action == action)?;
    let plan = sentence::plan(engine, one.plan, weighing.idle.as_deref());
    let would = sentence::weighed_up(one, weighing.idle.is_some(), true)?;
    let state = match states.as_slice() {
        [only] => names::state(spec, 0, *only),
        _ => "the likeliest".to_owned(),
    };
    Some(format!("{plan}, best if {state} were certain, {would}: not yet."))
}

/// What the agent would do if it were certain of these states, one per factor.
fn when_certain(engine: &Engine, states: &[usize]) -> Option<Vec<usize>> {
    let spec = engine.model().spec();
    let certain = spec.factors.iter().zip(states).map(|(factor, &state)| {
        let mut odds = vec![0.0; factor.labels.len()];
        odds.get_mut(state).into_iter().for_each(|odds| *odds = 1.0);
        odds
    });
    let mut state = engine.believing(&certain.collect::<Vec<_>>())?;
    let unseen = vec![Evidence::Missing; spec.modalities.len()];
    let input = Input { evidence: &unseen, executed: None, elapsed: 0 };
    let mut scratch = engine.scratch();
    let decision = engine.step(&mut state, &input, 0, &mut scratch).ok()?;
    Some(match engine.options().choice {
        Choice::Deterministic => decision.action().to_vec(),
        // A drawn action does not say which one is best.
        Choice::Sampled => engine.policy_action(decision.best(), 0).to_vec(),
    })
}
