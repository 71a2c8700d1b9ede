//! A filter forwards, and a smoother backwards over what it has left.

use super::super::{Engine, Input, State};
use super::{Beliefs, Window};
use crate::numerics::EPS;

pub(super) fn smooth(engine: &Engine, window: &Window<'_>, prior: &[Vec<f64>]) -> Beliefs {
    let mut beliefs = filter(engine, window, prior);
    for step in (1..beliefs.len()).rev() {
        let (before, after) = beliefs.split_at_mut(step);
        let (Some(belief), Some(after)) = (before.last_mut(), after.first()) else { break };
        let smoothed = |factor: usize| back(engine, factor, &window.actions[step - 1], belief, &after[factor]);
        *belief = (0..after.len()).map(smoothed).collect();
    }
    beliefs
}

/// What each step believes by what was seen until then.
fn filter(engine: &Engine, window: &Window<'_>, prior: &[Vec<f64>]) -> Beliefs {
    let mut scratch = engine.scratch();
    let mut state = engine.start();
    let mut beliefs = Vec::with_capacity(window.evidence.len());
    for (step, evidence) in window.evidence.iter().enumerate() {
        let executed = step.checked_sub(1).map(|before| window.actions[before].as_slice());
        let first = step == 0;
        let input = Input { evidence, executed, elapsed: u32::from(!first) };
        engine.filter(&mut state, &input, first.then_some(prior), &mut scratch);
        beliefs.push(believed(engine, &state));
    }
    beliefs
}

fn believed(engine: &Engine, state: &State) -> Vec<Vec<f64>> {
    let belief = |factor: usize| engine.belief(state, factor).map(<[f64]>::to_vec).unwrap_or_default();
    (0..engine.layout.len()).map(belief).collect()
}

/// `Σ_s' [B(s' | s) q(s) / Σ_s B(s' | s) q(s)] · after(s')`, the other dependencies being as they are believed to be.
fn back(engine: &Engine, factor: usize, action: &[usize], belief: &[Vec<f64>], after: &[f64]) -> Vec<f64> {
    let table = &engine.model.spec().transitions[factor];
    let size = belief[factor].len();
    let Some(own) = table.factors.iter().position(|dependency| *dependency == factor) else {
        return belief[factor].clone(); // What comes after says nothing about it.
    };
    let mut joint = vec![0.0; after.len() * size];
    engine.for_each_entry(table, action, |next, states, p| {
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
