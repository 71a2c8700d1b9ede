//! Messages along a window, all at once from the same old beliefs.

use super::super::Engine;
use super::{Beliefs, Span};
use crate::model::{Evidence, Table};
use crate::numerics::{EPS, ln_floor, padded};

/// Rounds; part of the numerics contract.
const ROUNDS: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Variational,
    Marginal,
}

pub(super) fn pass(engine: &Engine, span: &Span<'_>, kind: Kind) -> Beliefs {
    #[expect(clippy::cast_precision_loss, reason = "sizes are limited far below 2^53")]
    let even = |size: &usize| vec![1.0 / *size as f64; *size];
    let uniform: Vec<Vec<f64>> = engine.layout.sizes.iter().map(even).collect();
    let mut beliefs = vec![uniform; span.evidence.len()];
    for _ in 0..ROUNDS {
        let step = |step: usize| {
            let mut logs = evidence(engine, span, step, &beliefs[step]);
            forwards(engine, span, step, &beliefs, kind, &mut logs);
            backwards(engine, span, step, &beliefs, kind, &mut logs);
            logs.into_iter().map(|logs| normalised(engine, logs)).collect()
        };
        beliefs = (0..beliefs.len()).map(step).collect();
    }
    beliefs
}

fn normalised(engine: &Engine, mut logs: Vec<f64>) -> Vec<f64> {
    let size = logs.len();
    logs.resize(padded(size), 0.0);
    engine.kernels.softmax(&mut logs, size, 0.0);
    logs.truncate(size);
    logs
}

/// What is seen at a step says about each factor, the others being as they are believed to be.
fn evidence(engine: &Engine, span: &Span<'_>, step: usize, belief: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let spec = span.spec;
    let mut logs: Vec<Vec<f64>> = engine.layout.sizes.iter().map(|size| vec![0.0; *size]).collect();
    for (modality, table) in spec.likelihoods.iter().enumerate() {
        let weight = |observation: usize| match &span.evidence[step][modality] {
            Evidence::Missing => 0.0,
            Evidence::Index(seen) => f64::from(u8::from(observation == *seen)),
            Evidence::Soft(weights) => weights[observation],
        };
        let nothing = vec![0; spec.controls.len()];
        let action = match span.preceding(engine, step, modality) {
            Some(action) => action,
            None if table.controls.is_empty() => &nothing,
            None => continue,
        };
        engine.for_each_entry(table, action, |observation, states, p| {
            let weight = weight(observation);
            if weight != 0.0 {
                let log = weight * ln_floor(p);
                for (target, factor) in table.factors.iter().enumerate() {
                    logs[*factor][states[target]] += log * of_others(table, states, Some(target), belief);
                }
            }
        });
    }
    logs
}

/// The product of the beliefs that a column rests on, but for one dependency.
fn of_others(table: &Table, states: &[usize], target: Option<usize>, belief: &[Vec<f64>]) -> f64 {
    let factors = table.factors.iter().zip(states).enumerate().filter(|(axis, _)| Some(*axis) != target);
    factors.fold(1.0, |product, (_, (factor, state))| product * belief[*factor][*state])
}

/// What the step before, or the prior, says about each factor.
fn forwards(engine: &Engine, span: &Span<'_>, step: usize, beliefs: &Beliefs, kind: Kind, logs: &mut [Vec<f64>]) {
    let goes_on = step + 1 < beliefs.len();
    let weight = if kind == Kind::Marginal && goes_on { 0.5 } else { 1.0 };
    let before = step.checked_sub(1).map(|before| (&beliefs[before], span.actions[before]));
    for (factor, table) in span.spec.transitions.iter().enumerate() {
        let mut message = vec![0.0; logs[factor].len()];
        match before {
            None => message.iter_mut().zip(&span.prior[factor]).for_each(|(to, p)| *to = ln_floor(*p)),
            Some((belief, action)) => {
                engine.for_each_entry(table, action, |next, states, p| {
                    let value = if kind == Kind::Variational { ln_floor(p) } else { p };
                    message[next] += value * of_others(table, states, None, belief);
                });
                if kind == Kind::Marginal {
                    message.iter_mut().for_each(|value| *value = ln_floor(*value));
                }
            }
        }
        logs[factor].iter_mut().zip(message).for_each(|(log, value)| *log += weight * value);
    }
}

/// What the step after says about each factor, through every transition that depends on it.
fn backwards(engine: &Engine, span: &Span<'_>, step: usize, beliefs: &Beliefs, kind: Kind, logs: &mut [Vec<f64>]) {
    let (Some(after), Some(action)) = (beliefs.get(step + 1), span.actions.get(step)) else { return };
    let belief = &beliefs[step];
    for (child, table) in span.spec.transitions.iter().enumerate() {
        for (target, factor) in table.factors.iter().enumerate() {
            let size = logs[*factor].len();
            // [next][state of the target], the other dependencies being as they are believed to be.
            let mut expected = vec![0.0; after[child].len() * size];
            engine.for_each_entry(table, action, |next, states, p| {
                let value = if kind == Kind::Variational { ln_floor(p) } else { p };
                expected[next * size + states[target]] += value * of_others(table, states, Some(target), belief);
            });
            if kind == Kind::Marginal {
                for row in expected.chunks_mut(size) {
                    let sum: f64 = row.iter().sum();
                    let sum = if sum > EPS { sum } else { EPS };
                    row.iter_mut().for_each(|value| *value /= sum);
                }
            }
            for (state, log) in logs[*factor].iter_mut().enumerate() {
                let rows = after[child].iter().zip(expected.chunks(size));
                let sum = rows.fold(0.0, |sum, (q, row)| sum + q * row[state]);
                *log += if kind == Kind::Variational { sum } else { 0.5 * ln_floor(sum) };
            }
        }
    }
}
