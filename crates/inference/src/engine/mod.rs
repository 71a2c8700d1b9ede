//! From observations to a decision: beliefs, plans, expected free energy, action.
//!
//! An [`Engine`] is a model with an agent's options, compiled: immutable and shared by all agents of that kind. What
//! belongs to one agent is its small [`State`]; what a step needs while it runs is a [`Scratch`], reused, so that a
//! step allocates nothing.

mod batch;
mod beliefs;
mod believing;
mod check;
mod decision;
mod hierarchy;
mod intern;
mod knowledge;
mod learning;
mod likelihoods;
mod options;
mod outlook;
mod partials;
mod plans;
mod reach;
mod saved;
mod search;
mod select;
mod sequence;
mod state;
mod step;
mod tables;
mod terms;

use std::sync::Arc;

pub use batch::Batch;
pub(crate) use check::{MOST_GOAL_DEPTH, MOST_LOOK_BACK, MOST_SEARCH_DEPTH, MOST_SEARCH_NODES, conflicts};
pub use decision::{Decision, Searched, Split};
pub use hierarchy::{Hierarchy, Levels, Tie};
pub use options::{
    Backup, Choice, Goal, Impossible, Learns, LookBack, MOST_SHARPNESS, Mode, Options, Policies, Search,
};
pub use saved::SavedError;
pub use search::Budget;
pub use sequence::{Beliefs, Scheme, Window};
pub use state::{Input, State};
pub use step::{MOST_ELAPSED, Scratch, StepError};

use crate::model::{Fault, Learnable, Learning, Model, Table};
use crate::numerics::{Digest, Kernels};
use beliefs::Layout;
use knowledge::Knowledge;
use learning::{Learnt, Lessons};
use outlook::{Program, Schedule};
use plans::Plans;

/// A model with options, compiled for decisions.
#[derive(Clone, Debug)]
pub struct Engine {
    model: Arc<Model>,
    options: Options,
    options_digest: Digest,
    /// Marks the states of this model, and the working memory of this engine, so that no other is taken for them.
    model_mark: u64,
    mark: u64,
    kernels: Kernels,
    layout: Layout,
    plans: Plans,
    /// For each modality the control vector taken to precede its first observation.
    initial: Vec<Option<Vec<usize>>>,
    /// What every agent knows that has learnt nothing.
    knowledge: Knowledge,
    lessons: Lessons,
    /// The beliefs of all plans, where it is known beforehand which there will be.
    schedule: Option<Schedule>,
    /// The free energy below which no observation is suspected of being impossible.
    unlikely: f64,
}

impl Engine {
    /// Compiles a model with options, for the widest vector instructions of this machine.
    ///
    /// # Errors
    /// Every option that does not fit the model.
    pub fn new(model: Arc<Model>, options: Options) -> Result<Self, Vec<Fault>> {
        Self::with_kernels(model, options, Kernels::best())
    }

    /// As [`Engine::new`], with given kernels. All of them give the same bits.
    ///
    /// # Errors
    /// Every option that does not fit the model.
    pub fn with_kernels(model: Arc<Model>, options: Options, kernels: Kernels) -> Result<Self, Vec<Fault>> {
        let plans = check::plans(model.spec(), &options)?;
        let options_digest = check::digest(&options, model.spec().controls.len());
        let model_mark = model.digest().mark();
        let spec = model.spec();
        let factors: Vec<usize> = spec.factors.iter().map(|factor| factor.labels.len()).collect();
        let controls: Vec<usize> = spec.controls.iter().map(|control| control.labels.len()).collect();
        let order = contraction_order(&spec.transitions, &controls);
        let layout = Layout::new(factors);
        let mut knowledge = Knowledge::new(spec, &options, &layout, &order, plans.leaves.len());
        let lessons = Lessons::new(spec, &options, &layout, &knowledge.likelihoods, &order, plans.leaves.len());
        if lessons.total > 0 {
            knowledge = Learnt::new(knowledge, &lessons, &layout).knowledge;
        }
        let changes = |learning: &Learning| !matches!(learning.what, Learnable::Prior(_) | Learnable::Habits);
        let schedule = (options.search.is_none() && !spec.learning.iter().any(changes))
            .then(|| Schedule::new(&options, &layout, &plans, &knowledge.transitions, &knowledge.terms));
        Ok(Self {
            schedule: schedule.flatten(),
            unlikely: step::unlikely(&layout),
            options_digest,
            model_mark,
            mark: model_mark.rotate_left(1) ^ options_digest.mark(),
            initial: initial_actions(&model),
            knowledge,
            lessons,
            options,
            kernels,
            layout,
            plans,
            model,
        })
    }

    /// The model.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// SHA-256 of the options in canonical form.
    pub fn options_digest(&self) -> Digest {
        self.options_digest
    }

    /// Number of policies that are weighed.
    pub fn n_policies(&self) -> usize {
        self.plans.leaves.len()
    }

    /// Number of actions in a policy.
    pub fn policy_len(&self) -> usize {
        self.plans.length()
    }

    /// What `policy` does at `time` (0 is the next action): one value index per control.
    ///
    /// # Panics
    /// If there is no such policy or time.
    pub fn policy_action(&self, policy: usize, time: usize) -> &[usize] {
        assert!(time < self.policy_len(), "a policy has {} actions", self.policy_len());
        let position = self.plans.positions[self.plans.position(policy, time)];
        self.plans.action(position.action as usize)
    }

    /// The state of an agent at the start of an episode.
    pub fn start(&self) -> State {
        State::new(self.model_mark, self.layout.total, self.plans.n_controls, self.lessons.total)
    }

    /// What an agent in this state believes about `factor`; nothing before the first step of an episode, and nothing for
    /// a state of another model or a factor that does not exist.
    pub fn belief<'s>(&self, state: &'s State, factor: usize) -> Option<&'s [f64]> {
        let size = *self.layout.sizes.get(factor)?;
        let begun = state.begun && state.model == self.model_mark;
        state.belief.get(self.layout.range(factor)).filter(|_| begun)?.get(..size)
    }

    /// Working memory for steps; any number of agents of this engine may share it, one after the other.
    pub fn scratch(&self) -> Scratch {
        Scratch::new(self)
    }

    fn program<'a>(&'a self, knowledge: &'a Knowledge) -> Program<'a> {
        Program {
            kernels: &self.kernels,
            layout: &self.layout,
            plans: &self.plans,
            transitions: &knowledge.transitions,
            terms: &knowledge.terms,
            reach: knowledge.reach.as_ref(),
            schedule: self.schedule.as_ref(),
            discount: self.options.discount,
            information: self.options.information,
        }
    }
}

/// A rank per factor: factors that fewer control combinations reach come first, so that what is contracted first is
/// shared by the most policies. Part of the numerics contract.
fn contraction_order(transitions: &[Table], controls: &[usize]) -> Vec<usize> {
    let n = transitions.len();
    let mut reach: Vec<Vec<bool>> =
        transitions.iter().map(|t| (0..controls.len()).map(|c| t.controls.contains(&c)).collect()).collect();
    for _ in 0..n {
        for factor in 0..n {
            for dependency in &transitions[factor].factors {
                let theirs = reach[*dependency].clone();
                reach[factor].iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours |= theirs);
            }
        }
    }
    let variants = |factor: usize| {
        let sizes = controls.iter().zip(&reach[factor]).filter(|(_, reached)| **reached).map(|(size, _)| *size);
        sizes.fold(1_usize, usize::saturating_mul)
    };
    let mut ranked: Vec<usize> = (0..n).collect();
    ranked.sort_by_key(|factor| (variants(*factor), *factor));
    let mut order = vec![0; n];
    ranked.into_iter().enumerate().for_each(|(rank, factor)| order[factor] = rank);
    order
}

/// Full control vectors of the declared initial columns.
fn initial_actions(model: &Model) -> Vec<Option<Vec<usize>>> {
    let spec = model.spec();
    let full = |(modality, table): (&crate::model::Modality, &Table)| {
        modality.initial.as_ref().map(|values| {
            let mut action = vec![0; spec.controls.len()];
            table.controls.iter().zip(values).for_each(|(control, value)| action[*control] = *value);
            action
        })
    };
    spec.modalities.iter().zip(&spec.likelihoods).map(full).collect()
}
