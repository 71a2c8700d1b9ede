//! A whole step: predict, infer, weigh every policy.

use freeagentics_inference::engine::Options;
use freeagentics_inference::model::{Evidence, Spec};

use super::beliefs::{Seen, chance, free_energy, infer, ln_plus, softmax, surprise};
use super::plans::{SlowSplit, policies, predict, worth};

/// How much a belief may be disturbed to see whether it hangs on rounding, and how far it may then move.
const NUDGE: f64 = 1e-12;
const STEADY: f64 = 1e-10;

pub(crate) struct SlowAgent<'a> {
    spec: &'a Spec,
    options: &'a Options,
    policies: Vec<Vec<Vec<usize>>>,
    /// The beliefs of the last step and the action chosen then.
    last: Option<(Vec<Vec<f64>>, Vec<usize>)>,
}

pub(crate) struct SlowDecision {
    pub(crate) prior: Vec<Vec<f64>>,
    pub(crate) belief: Vec<Vec<f64>>,
    pub(crate) free_energy: f64,
    pub(crate) surprise: Vec<Option<f64>>,
    /// Which modalities depend on an action when none preceded.
    pub(crate) ignored: Vec<bool>,
    /// How probable all that was seen together is.
    pub(crate) chance: f64,
    /// `[policy][time]`, nothing discounted.
    pub(crate) splits: Vec<Vec<SlowSplit>>,
    pub(crate) neg_efe: Vec<f64>,
    pub(crate) posterior: Vec<f64>,
    /// The first action of each policy.
    pub(crate) first: Vec<Vec<usize>>,
    /// `[control][value]`: mass of each first value.
    pub(crate) marginals: Vec<Vec<f64>>,
    /// Whether the beliefs are a property of the model: an iteration that is driven away from an unstable point
    /// by the last bits alone has no right answer.
    pub(crate) steady: bool,
}

impl<'a> SlowAgent<'a> {
    pub(crate) fn new(spec: &'a Spec, options: &'a Options) -> Self {
        Self { spec, options, policies: policies(spec, options), last: None }
    }

    /// As if the last step had come to this belief, and this action had been chosen.
    pub(crate) fn believe(&mut self, belief: Vec<Vec<f64>>, action: Vec<usize>) {
        self.last = Some((belief, action));
    }

    pub(crate) fn step(&mut self, evidence: &[Evidence], executed: Option<&[usize]>, elapsed: u32) -> SlowDecision {
        let (prior, preceding) = self.prior(executed, elapsed);
        let seen = Seen { spec: self.spec, evidence, preceding };
        let belief = infer(&seen, &prior, 0.0);
        let steady = close(&belief, &infer(&seen, &prior, NUDGE));
        let weigh = |policy: &Vec<Vec<usize>>| worth(self.spec, &belief, policy);
        let splits: Vec<Vec<SlowSplit>> = self.policies.iter().map(weigh).collect();
        let whole = splits.iter().map(|times| SlowSplit::discounted(times, self.options.discount));
        let neg_efe: Vec<f64> = whole.map(|split| split.utility + split.information_gain).collect();
        let posterior = self.posterior(&neg_efe);
        let marginals = self.marginals(&posterior);
        self.last = Some((belief.clone(), Vec::new()));
        SlowDecision {
            free_energy: free_energy(&seen, &prior, &belief),
            surprise: (0..evidence.len()).map(|modality| surprise(&seen, &prior, modality)).collect(),
            ignored: (0..evidence.len()).map(|modality| seen.is_ignored(modality)).collect(),
            chance: chance(&seen, &prior),
            prior,
            belief,
            splits,
            neg_efe,
            posterior,
            first: self.policies.iter().map(|policy| policy[0].clone()).collect(),
            marginals,
            steady,
        }
    }

    /// Tells which action was chosen: near ties are not for this reference to break.
    pub(crate) fn choose(&mut self, action: &[usize]) {
        if let Some((_, chosen)) = &mut self.last {
            *chosen = action.to_vec();
        }
    }

    /// The predicted states and the action that led to them.
    fn prior(&self, executed: Option<&[usize]>, elapsed: u32) -> (Vec<Vec<f64>>, Option<Vec<usize>>) {
        let Some((belief, chosen)) = &self.last else { return (self.spec.priors.clone(), None) };
        let mut action = executed.unwrap_or(chosen).to_vec();
        let mut prior = belief.clone();
        for tick in 0..elapsed {
            if tick > 0 {
                action = self.options.idle.clone().unwrap_or(action);
            }
            prior = predict(self.spec, &prior, &action);
        }
        (prior, Some(action))
    }

    fn posterior(&self, neg_efe: &[f64]) -> Vec<f64> {
        let habit = |policy: usize| self.options.habits.as_ref().map_or(0.0, |habits| ln_plus(habits[policy]));
        let logs = neg_efe.iter().enumerate().map(|(policy, value)| self.options.gamma * value + habit(policy));
        softmax(&logs.collect::<Vec<_>>())
    }

    fn marginals(&self, posterior: &[f64]) -> Vec<Vec<f64>> {
        let mut marginals: Vec<_> = self.spec.controls.iter().map(|control| vec![0.0; control.labels.len()]).collect();
        for (policy, mass) in self.policies.iter().zip(posterior) {
            for (control, &value) in policy[0].iter().enumerate() {
                marginals[control][value] += mass;
            }
        }
        marginals
    }
}

fn close(ours: &[Vec<f64>], theirs: &[Vec<f64>]) -> bool {
    ours.iter().flatten().zip(theirs.iter().flatten()).all(|(a, b)| (a - b).abs() < STEADY)
}
