//! What has been seen, and what it says about the hidden states.

use freeagentics_inference::model::{Evidence, Spec};
use freeagentics_inference::numerics::DUST;

use super::plans::expected_observation;
use super::tables::{entry, joint_states};

/// Probabilities below this count as this in logarithms.
const EPS: f64 = f64::EPSILON;

/// How often the fixed-point iteration updates all factors.
const ITERATIONS: usize = 16;

#[expect(clippy::disallowed_methods, reason = "the judge of the engine's logarithm may not be that logarithm")]
pub(crate) fn ln_plus(x: f64) -> f64 {
    x.max(EPS).ln()
}

#[expect(clippy::disallowed_methods, reason = "the judge of the engine's exponential may not be that exponential")]
pub(crate) fn softmax(logs: &[f64]) -> Vec<f64> {
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| (log - largest).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

/// What each modality brought at one step, and the action before it.
pub(crate) struct Seen<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) evidence: &'a [Evidence],
    /// The control values that preceded the observation; none at the start of an episode.
    pub(crate) preceding: Option<Vec<usize>>,
}

impl Seen<'_> {
    /// The control values that one modality's likelihood takes to precede; `None` when it has to be ignored.
    fn action(&self, modality: usize) -> Option<Vec<usize>> {
        let table = &self.spec.likelihoods[modality];
        if let Some(preceding) = &self.preceding {
            return Some(preceding.clone());
        }
        let mut action = vec![0; self.spec.controls.len()];
        if table.controls.is_empty() {
            return Some(action);
        }
        let initial = self.spec.modalities[modality].initial.as_ref()?;
        table.controls.iter().zip(initial).for_each(|(&control, &value)| action[control] = value);
        Some(action)
    }

    pub(super) fn is_ignored(&self, modality: usize) -> bool {
        self.action(modality).is_none()
    }

    /// `Σ_o o · ln⁺ A[o, s]`, 0 without evidence.
    pub(crate) fn log_likelihood(&self, modality: usize, states: &[usize]) -> f64 {
        let Some(action) = self.action(modality) else { return 0.0 };
        let table = &self.spec.likelihoods[modality];
        let log = |observation| ln_plus(entry(self.spec, table, observation, states, &action));
        match &self.evidence[modality] {
            Evidence::Missing => 0.0,
            Evidence::Index(observation) => log(*observation),
            Evidence::Soft(weights) => weights.iter().enumerate().map(|(o, weight)| weight * log(o)).sum(),
        }
    }

    /// `E[ll_m]` under independent factors, for each state of one factor.
    fn message(&self, modality: usize, factor: usize, belief: &[Vec<f64>]) -> Vec<f64> {
        let mut message = vec![0.0; belief[factor].len()];
        let mut others = belief.to_vec();
        others[factor].fill(1.0);
        for (states, probability) in joint_states(&others) {
            message[states[factor]] += probability * self.log_likelihood(modality, &states);
        }
        message
    }
}

/// The posterior over each factor: exact for one, fixed-point for several (all updated from the same old beliefs).
///
/// `nudge` disturbs every update by a little; a result that moves much more than that hangs on rounding alone.
pub(crate) fn infer(seen: &Seen<'_>, prior: &[Vec<f64>], nudge: f64) -> Vec<Vec<f64>> {
    let iterations = if prior.len() == 1 { 1 } else { ITERATIONS };
    let belief = fixed_point(seen, prior, iterations, nudge);
    belief.iter().map(|q| without_dust(q)).collect()
}

/// The numerics contract: what is less than [`DUST`] of the largest is nothing.
fn without_dust(belief: &[f64]) -> Vec<f64> {
    let largest = belief.iter().copied().fold(0.0, f64::max);
    let kept: Vec<f64> = belief.iter().map(|&q| if q < DUST * largest { 0.0 } else { q }).collect();
    let total: f64 = kept.iter().sum();
    kept.iter().map(|q| q / total).collect()
}

pub(crate) fn fixed_point(seen: &Seen<'_>, prior: &[Vec<f64>], iterations: usize, nudge: f64) -> Vec<Vec<f64>> {
    let disturbed = |factor: usize, state: usize| nudge * ((3 * factor + 2 * state) % 5) as f64;
    let mut logs: Vec<Vec<f64>> = prior.iter().map(|p| vec![0.0; p.len()]).collect();
    for _ in 0..iterations {
        let belief: Vec<Vec<f64>> = logs.iter().map(|log| softmax(log)).collect();
        for (factor, log) in logs.iter_mut().enumerate() {
            for (state, value) in log.iter_mut().enumerate() {
                *value = ln_plus(prior[factor][state]) + disturbed(factor, state);
            }
            for (modality, table) in seen.spec.likelihoods.iter().enumerate() {
                if table.factors.contains(&factor) {
                    let message = seen.message(modality, factor, &belief);
                    log.iter_mut().zip(message).for_each(|(value, part)| *value += part);
                }
            }
        }
    }
    logs.iter().map(|log| softmax(log)).collect()
}

/// `Σ_f [Σ q ln q − Σ q ln⁺ prior] − Σ_m E_q[ll_m]`.
pub(crate) fn free_energy(seen: &Seen<'_>, prior: &[Vec<f64>], belief: &[Vec<f64>]) -> f64 {
    let pairs = belief.iter().flatten().zip(prior.iter().flatten());
    let complexity: f64 = pairs.map(|(&q, &p)| q * (ln_plus(q) - ln_plus(p))).sum();
    let accuracy = |states: &[usize]| -> f64 {
        (0..seen.evidence.len()).map(|modality| seen.log_likelihood(modality, states)).sum()
    };
    complexity - joint_states(belief).iter().map(|(states, p)| p * accuracy(states)).sum::<f64>()
}

/// `−ln` of the probability with which one modality's observation was expected.
#[expect(clippy::disallowed_methods, reason = "the judge of the engine's logarithm may not be that logarithm")]
pub(crate) fn surprise(seen: &Seen<'_>, prior: &[Vec<f64>], modality: usize) -> Option<f64> {
    let expected = expected_observation(seen.spec, modality, prior, &seen.action(modality)?);
    match &seen.evidence[modality] {
        Evidence::Missing => None,
        Evidence::Index(observation) => Some(-expected[*observation].ln()),
        Evidence::Soft(weights) => Some(-weights.iter().zip(expected).map(|(w, p)| w * p).sum::<f64>().ln()),
    }
}

/// How probable the evidence of all modalities together is; a soft observation counts as what it weighs.
pub(super) fn chance(seen: &Seen<'_>, prior: &[Vec<f64>]) -> f64 {
    let likelihood = |modality: usize, states: &[usize]| {
        let Some(action) = seen.action(modality) else { return 1.0 };
        let probability = |o: usize| entry(seen.spec, &seen.spec.likelihoods[modality], o, states, &action);
        match &seen.evidence[modality] {
            Evidence::Missing => 1.0,
            Evidence::Index(observation) => probability(*observation),
            Evidence::Soft(weights) => weights.iter().enumerate().map(|(o, weight)| weight * probability(o)).sum(),
        }
    };
    let all = |states: &[usize]| (0..seen.evidence.len()).map(|modality| likelihood(modality, states)).product::<f64>();
    joint_states(prior).iter().map(|(states, p)| p * all(states)).sum()
}
