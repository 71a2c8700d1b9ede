//! What policies are worth: each rolled out on its own, every expectation over every joint state.

use freeagentics_inference::engine::{Options, Policies};
use freeagentics_inference::model::{Moment, Preference, Spec, Table};

use super::beliefs::ln_plus;
use super::tables::{combinations, entry, joint_states, sizes};

/// The parts of one policy's worth, or of one of its steps; `neg_efe = utility + information_gain`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SlowSplit {
    pub(crate) utility: f64,
    pub(crate) information_gain: f64,
    pub(crate) risk: f64,
    pub(crate) ambiguity: f64,
}

impl SlowSplit {
    fn plus(self, other: Self, weight: f64) -> Self {
        Self {
            utility: self.utility + weight * other.utility,
            information_gain: self.information_gain + weight * other.information_gain,
            risk: self.risk + weight * other.risk,
            ambiguity: self.ambiguity + weight * other.ambiguity,
        }
    }

    pub(crate) fn parts(self) -> [f64; 4] {
        [self.utility, self.information_gain, self.risk, self.ambiguity]
    }

    /// The parts of a whole policy: those of its steps, each later one discounted once more.
    pub(crate) fn discounted(times: &[Self], discount: f64) -> Self {
        let mut weight = 1.0;
        times.iter().fold(Self::default(), |sum, split| {
            let sum = sum.plus(*split, weight);
            weight *= discount;
            sum
        })
    }
}

/// `[policy][time][control]`: those listed, or all sequences, time-major, the last control fastest.
pub(crate) fn policies(spec: &Spec, options: &Options) -> Vec<Vec<Vec<usize>>> {
    match &options.policies {
        Policies::Listed(policies) => policies.clone(),
        Policies::All { length } => {
            let actions = combinations(&sizes(&spec.controls));
            let sequences = combinations(&vec![actions.len(); *length]);
            sequences.iter().map(|sequence| sequence.iter().map(|&index| actions[index].clone()).collect()).collect()
        }
    }
}

/// The next states of every factor under an action.
pub(crate) fn predict(spec: &Spec, belief: &[Vec<f64>], action: &[usize]) -> Vec<Vec<f64>> {
    let joint = joint_states(belief);
    let next = |table: &Table, state: usize| {
        joint.iter().map(|(states, p)| p * entry(spec, table, state, states, action)).sum()
    };
    let factors = spec.transitions.iter().zip(&spec.factors);
    factors.map(|(table, factor)| (0..factor.labels.len()).map(|state| next(table, state)).collect()).collect()
}

/// How probable each observation of a modality is.
pub(crate) fn expected_observation(spec: &Spec, modality: usize, belief: &[Vec<f64>], action: &[usize]) -> Vec<f64> {
    let joint = joint_states(belief);
    let table = &spec.likelihoods[modality];
    let observations = 0..spec.modalities[modality].labels.len();
    observations.map(|o| joint.iter().map(|(states, p)| p * entry(spec, table, o, states, action)).sum()).collect()
}

/// The split of a policy at each of its steps, nothing discounted.
pub(crate) fn worth(spec: &Spec, belief: &[Vec<f64>], policy: &[Vec<usize>]) -> Vec<SlowSplit> {
    let mut before = belief.to_vec();
    let step = |(time, action): (usize, &Vec<usize>)| {
        let after = predict(spec, &before, action);
        let split = step(spec, time, &before, &after, action);
        before = after;
        split
    };
    policy.iter().enumerate().map(step).collect()
}

fn step(spec: &Spec, time: usize, before: &[Vec<f64>], after: &[Vec<f64>], action: &[usize]) -> SlowSplit {
    let mut split = SlowSplit::default();
    let mut uncertainty = 0.0;
    for modality in 0..spec.modalities.len() {
        uncertainty += entropy(&expected_observation(spec, modality, after, action));
        split.ambiguity += ambiguity(spec, modality, after, action);
    }
    split.utility = spec.preferences.iter().map(|wanted| utility(spec, wanted, time, before, after, action)).sum();
    split.information_gain = uncertainty - split.ambiguity;
    split.risk = -split.utility - uncertainty;
    split
}

fn ambiguity(spec: &Spec, modality: usize, belief: &[Vec<f64>], action: &[usize]) -> f64 {
    let table = &spec.likelihoods[modality];
    let observations = 0..spec.modalities[modality].labels.len();
    let column =
        |states: &[usize]| observations.clone().map(|o| entry(spec, table, o, states, action)).collect::<Vec<_>>();
    joint_states(belief).iter().map(|(states, p)| p * entropy(&column(states))).sum()
}

fn utility(
    spec: &Spec,
    wanted: &Preference,
    time: usize,
    before: &[Vec<f64>],
    after: &[Vec<f64>],
    action: &[usize],
) -> f64 {
    match wanted {
        Preference::Timed { modality, values } => {
            let values = values[time.min(values.len() - 1)].clone();
            utility(spec, &Preference::Observations { modality: *modality, values }, time, before, after, action)
        }
        Preference::Observations { modality, values } => {
            expected_observation(spec, *modality, after, action).iter().zip(values).map(|(p, value)| p * value).sum()
        }
        Preference::Joint { factors, controls, at, values } => {
            let table = Table { factors: factors.clone(), controls: controls.clone(), values: values.clone() };
            let belief = if *at == Moment::Before { before } else { after };
            joint_states(belief).iter().map(|(states, p)| p * entry(spec, &table, 0, states, action)).sum()
        }
    }
}

fn entropy(distribution: &[f64]) -> f64 {
    -distribution.iter().map(|&p| p * ln_plus(p)).sum::<f64>()
}
