//! What belongs to one agent, and what a step is given.

use super::sequence::Past;
use crate::model::Evidence;

/// One agent between two steps: its beliefs, its last chosen action, how many steps it has taken, what it has learnt.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Marks the model it belongs to.
    pub(super) model: u64,
    /// Posterior of the last step, padded; meaningless before the first step of an episode.
    pub(super) belief: Vec<f64>,
    /// Action chosen by the last step.
    pub(super) action: Vec<usize>,
    pub(super) steps: u64,
    pub(super) begun: bool,
    /// Steps since the plan was made that is followed; 0 if the last step made it, or none is.
    pub(super) followed: u32,
    /// What was learnt: added to the model's own counts. Empty if nothing can be.
    pub(super) deltas: Vec<f64>,
    /// What the present episode will add when it is over, for an agent that learns by episodes.
    pub(super) pending: Vec<f64>,
    /// What it remembers of the last steps, for an agent that looks back.
    pub(super) past: Past,
}

impl State {
    pub(super) fn new(model: u64, belief: usize, n_controls: usize, learnt: usize) -> Self {
        Self {
            model,
            belief: vec![0.0; belief],
            action: vec![0; n_controls],
            steps: 0,
            begun: false,
            followed: 0,
            deltas: vec![0.0; learnt],
            pending: Vec::new(),
            past: Past::default(),
        }
    }

    /// Forgets everything that was learnt, and what was still to be learnt.
    pub fn unlearn(&mut self) {
        self.deltas.fill(0.0);
        self.pending.fill(0.0);
        self.past = Past::default();
    }

    /// Steps taken since the agent was made; a new episode does not reset them.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The action chosen by the last step of this episode, if there was one.
    pub fn action(&self) -> Option<&[usize]> {
        self.begun.then_some(self.action.as_slice())
    }

    /// Takes over what a step came to.
    pub(super) fn advance(&mut self, belief: &[f64], action: &[usize], followed: u32) {
        self.belief.copy_from_slice(belief);
        self.action.copy_from_slice(action);
        self.steps += 1;
        self.begun = true;
        self.followed = followed;
    }

    /// Starts a new episode: the next step begins from the prior. The count of steps goes on, and what was learnt stays.
    pub fn reset(&mut self) {
        self.begun = false;
        self.followed = 0;
    }

    /// Makes it the state of an agent that has taken so many steps, has learnt nothing, and begins an episode.
    pub fn restart(&mut self, steps: u64) {
        self.steps = steps;
        self.unlearn();
        self.reset();
    }
}

/// What a step is given.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// What each modality brought.
    pub evidence: &'a [Evidence],
    /// The action that was in fact executed after the previous step, one value index per control; `None` means the
    /// chosen one. Passed over at the first step of an episode.
    pub executed: Option<&'a [usize]>,
    /// Ticks since the previous step. The executed action holds in the first; in further ones the option `idle`. With
    /// none, the last belief is taken as it is.
    pub elapsed: u32,
}

impl<'a> Input<'a> {
    /// Evidence after one tick in which the chosen action was executed.
    pub fn new(evidence: &'a [Evidence]) -> Self {
        Self { evidence, executed: None, elapsed: 1 }
    }
}
