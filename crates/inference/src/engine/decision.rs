//! A decision with its reasons.

use super::step::Scratch;
use super::{Engine, Input};
use crate::model::Evidence;
use crate::numerics::{Digest, Hasher, VERSION, ln_floor};

/// What a policy (or one step of it) is worth, in nats, arranged in both usual ways:
/// `utility + information_gain = −(risk + ambiguity)`. An agent that learns or has goals adds `novelty` and `inductive`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Split {
    /// Expected preference: what it brings (pragmatic value).
    pub utility: f64,
    /// Expected information about the hidden states: what it teaches (epistemic value).
    pub information_gain: f64,
    /// How far predicted observations are from preferred ones.
    pub risk: f64,
    /// Expected uncertainty of observations given states.
    pub ambiguity: f64,
    /// Expected information about the model itself: what it teaches an agent that learns.
    pub novelty: f64,
    /// What it costs to be led away from the goals; 0 without any.
    pub inductive: f64,
}

impl Split {
    /// The negative expected free energy: utility, information gain, novelty and the inductive term.
    pub fn neg_efe(&self) -> f64 {
        self.utility + self.information_gain + (self.novelty + self.inductive)
    }
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// Steps that the answer looks ahead.
    pub depth: usize,
    /// Beliefs that were expanded: what was spent. The same decision is made again with this as its budget.
    pub nodes: u32,
    /// Nodes of the tree, of actions and of observations, were equal beliefs not shared.
    pub tree: u64,
    /// Whether the search went as deep as the options ask for, or as the plan that is followed still reaches.
    pub complete: bool,
    /// Steps since the plan was made that this step follows; 0 if it plans anew.
    pub followed: u32,
}

/// What a step decided and why. Borrows the step's [`Scratch`]; arrays hold one entry per state, policy or value.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    pub(super) engine: &'a Engine,
    pub(super) scratch: &'a Scratch,
    pub(super) input: Input<'a>,
}

impl<'a> Decision<'a> {
    /// What was believed about `factor` before this observation.
    pub fn prior(&self, factor: usize) -> &'a [f64] {
        let range = self.engine.layout.range(factor);
        &self.scratch.prior[range][..self.engine.layout.sizes[factor]]
    }

    /// What is believed about `factor` now.
    pub fn belief(&self, factor: usize) -> &'a [f64] {
        let range = self.engine.layout.range(factor);
        &self.scratch.belief[range][..self.engine.layout.sizes[factor]]
    }

    /// Variational free energy in nats: how badly the model fits this observation.
    pub fn free_energy(&self) -> f64 {
        self.scratch.free_energy
    }

    /// Whether the model says that this observation cannot happen.
    pub fn impossible(&self) -> bool {
        self.scratch.impossible
    }

    /// Whether what `modality` brought was passed over, because its likelihood depends on an action and none preceded
    /// the first observation of an episode.
    pub fn ignored(&self, modality: usize) -> bool {
        !self.scratch.acted
            && self.engine.knowledge.likelihoods.depends_on_action(modality)
            && self.engine.initial[modality].is_none()
    }

    /// The control vector that preceded what `modality` brought; `None` if none did.
    pub fn preceding(&self, modality: usize) -> Option<&'a [usize]> {
        if modality < self.engine.initial.len() { self.scratch.preceding(self.engine, modality) } else { None }
    }

    /// −ln of the probability with which this observation of `modality` was expected; `None` if there was none.
    pub fn surprise(&self, modality: usize) -> Option<f64> {
        let expected = self.scratch.expected(self.engine, modality)?;
        match self.input.evidence.get(modality)? {
            Evidence::Missing => None,
            Evidence::Index(observation) => Some(-ln_floor(expected(*observation))),
            Evidence::Soft(weights) => {
                Some(-ln_floor(weights.iter().enumerate().map(|(o, weight)| weight * expected(o)).sum()))
            }
        }
    }

    /// Negative expected free energy of each policy.
    pub fn neg_efe(&self) -> &'a [f64] {
        &self.scratch.selection.neg_efe
    }

    /// How far the search has come, for an agent that searches. [`neg_efe`](Self::neg_efe) then holds what each action is
    /// worth with all that may follow, and the splits hold what it is worth by itself.
    pub fn searched(&self) -> Option<Searched> {
        self.engine.options.search.as_ref().map(|_| self.scratch.searched)
    }

    /// Probability of each policy.
    pub fn posterior(&self) -> &'a [f64] {
        &self.scratch.selection.posterior[..self.engine.n_policies()]
    }

    /// The first policy with the highest probability.
    pub fn best(&self) -> usize {
        self.scratch.selection.best
    }

    /// The chosen value of each control.
    pub fn action(&self) -> &'a [usize] {
        &self.scratch.selection.action
    }

    /// Probability of each first value of `control`.
    pub fn marginal(&self, control: usize) -> &'a [f64] {
        self.scratch.selection.marginal(self.engine, control)
    }

    /// What a whole policy is worth; later steps are discounted as in [`neg_efe`](Self::neg_efe).
    pub fn split(&self, policy: usize) -> Split {
        let mut total = Split::default();
        let mut weight = 1.0;
        for time in 0..self.engine.policy_len() {
            let step = self.split_at(policy, time);
            total.utility += weight * step.utility;
            total.information_gain += weight * step.information_gain;
            total.risk += weight * step.risk;
            total.ambiguity += weight * step.ambiguity;
            total.novelty += weight * step.novelty;
            total.inductive += weight * step.inductive;
            weight *= self.engine.options.discount;
        }
        total
    }

    /// What one step of a policy is worth, not discounted; `time` 0 is the next action.
    pub fn split_at(&self, policy: usize, time: usize) -> Split {
        let program = self.engine.program(&self.engine.knowledge);
        let sums = self.scratch.outlook.sums(program, self.engine.plans.position(policy, time));
        Split {
            utility: sums.utility,
            information_gain: sums.entropy - sums.ambiguity,
            risk: -(sums.utility + sums.entropy),
            ambiguity: sums.ambiguity,
            novelty: sums.novelty,
            inductive: sums.inductive,
        }
    }

    /// SHA-256 over beliefs, free energy, negative expected free energies, posterior, action and the numerics version.
    pub fn digest(&self) -> Digest {
        let mut hasher = Hasher::new("freeagentics decision 1");
        hasher.count(VERSION as usize);
        (0..self.engine.layout.len()).for_each(|factor| hasher.numbers(self.belief(factor)));
        hasher.number(self.free_energy());
        hasher.numbers(self.neg_efe());
        hasher.numbers(self.posterior());
        hasher.counts(self.action());
        hasher.finish()
    }
}
