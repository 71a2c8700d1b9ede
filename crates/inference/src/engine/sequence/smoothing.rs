//! A filter forwards, and a smoother backwards over what it has left.

use super::super::{Engine, Input, Scratch, State};
use super::{Beliefs, Span};
use crate::numerics::EPS;

/// What each step believes by what was seen until then.
pub(super) fn filter(engine: &Engine, span: &Span<'_>, scratch: &mut Scratch) -> Beliefs {
    let mut state = engine.start();
    let mut beliefs = Vec::with_capacity(span.evidence.len());
    for (step, evidence) in span.evidence.iter().enumerate() {
        let first = step == 0;
        // The prior of the first step is given; what was done before it still says what its observations mean.
        state.begun = !first || span.before.is_some();
        let executed = step.checked_sub(1).map_or(span.before, |before| span.actions.get(before).copied());
        let input = Input { evidence, executed, elapsed: u32::from(!first) };
        engine.filter(&mut state, &input, first.then_some(span.prior), scratch);
        beliefs.push(believed(engine, &state));
    }
    beliefs
}

/// What each step believes by all that was seen, from what it believes by what was seen until then.
pub(super) fn smooth(engine: &Engine, span: &Span<'_>, filtered: &Beliefs) -> Beliefs {
    let mut beliefs = filtered.clone();
    for step in (1..beliefs.len()).rev() {
        let (before, after) = beliefs.split_at_mut(step);
        let (Some(belief), Some(after)) = (before.last_mut(), after.first()) else { break };
        let smoothed = |factor: usize| back(engine, span, factor, step - 1, belief, &after[factor]);
        *belief = (0..after.len()).map(smoothed).collect();
    }
    beliefs
}

/// How probable each combination of states before and state after is, `[states before…][state after]`, for a transition
/// between two steps: `B(s' | s) q(s) / Σ_s B(s' | s) q(s) · after(s')`. Nothing if what comes after cannot be.
pub(super) fn pairs(
    engine: &Engine,
    span: &Span<'_>,
    factor: usize,
    step: usize,
    belief: &[Vec<f64>],
    after: &[f64],
) -> Option<Vec<f64>> {
    let table = &span.spec.transitions[factor];
    let columns: usize = table.factors.iter().map(|factor| engine.layout.sizes[*factor]).product();
    let mut joint = vec![0.0; columns * after.len()];
    let mut sums = vec![0.0; after.len()];
    engine.for_each_entry(table, span.actions[step], |next, states, p| {
        let dependencies = table.factors.iter().zip(states);
        let weight = dependencies.clone().fold(1.0, |product, (f, state)| product * belief[*f][*state]);
        let column = dependencies.fold(0, |column, (f, state)| column * engine.layout.sizes[*f] + state);
        joint[column * after.len() + next] = p * weight;
        sums[next] += p * weight;
    });
    for row in joint.chunks_mut(after.len()) {
        for ((p, sum), q) in row.iter_mut().zip(&sums).zip(after) {
            *p = if *sum > EPS { q * *p / sum } else { 0.0 };
        }
    }
    let total: f64 = joint.iter().sum();
    joint.iter_mut().for_each(|p| *p /= total);
    (total > 0.0).then_some(joint)
}

fn believed(engine: &Engine, state: &State) -> Vec<Vec<f64>> {
    let belief = |factor: usize| engine.belief(state, factor).map(<[f64]>::to_vec).unwrap_or_default();
    (0..engine.layout.len()).map(belief).collect()
}

/// `Σ_s' [B(s' | s) q(s) / Σ_s B(s' | s) q(s)] · after(s')`, the other dependencies being as they are believed to be.
fn back(engine: &Engine, span: &Span<'_>, factor: usize, step: usize, belief: &[Vec<f64>], after: &[f64]) -> Vec<f64> {
    let table = &span.spec.transitions[factor];
    let size = belief[factor].len();
    let Some(own) = table.factors.iter().position(|dependency| *dependency == factor) else {
        return belief[factor].clone(); // What comes after says nothing about it.
    };
    let mut joint = vec![0.0; after.len() * size];
    engine.for_each_entry(table, span.actions[step], |next, states, p| {
        let dependencies = table.factors.iter().zip(states);
        let weight = dependencies.fold(1.0, |product, (f, state)| product * belief[*f][*state]);
        joint[next * size + states[own]] += p * weight;
    });
    let mut smoothed = vec![0.0; size];
    for (row, q) in joint.chunks(size).zip(after) {
        let sum: f64 = row.iter().sum();
        if sum > EPS {
            smoothed.iter_mut().zip(row).for_each(|(to, p)| *to += q * p / sum);
        }
    }
    let sum: f64 = smoothed.iter().sum();
    if sum == 0.0 {
        return belief[factor].clone(); // What comes after cannot be, and says nothing.
    }
    smoothed.iter_mut().for_each(|p| *p /= sum);
    smoothed
}
