//! What each policy is expected to bring and to teach.
//!
//! There are two ways through the plans, and both come to the same bits. The [`walk`] finds equal beliefs as it goes: where
//! actions lead to one place for certain, few are left. The [`sweep`] knows beforehand which beliefs there will be and
//! evaluates all of a moment side by side: where everything is a little uncertain, no two are equal, and looking for
//! equals would cost more than it finds.

mod schedule;
mod sweep;
mod walk;

use super::beliefs::Layout;
use super::plans::Plans;
use super::reach::Reach;
use super::tables::Compiled;
use super::terms::Terms;
use crate::numerics::Kernels;
pub(super) use schedule::Schedule;
use sweep::Sweep;
use walk::Walk;

/// What an evaluation needs of an engine.
#[derive(Clone, Copy)]
pub(super) struct Program<'a> {
    pub(super) kernels: &'a Kernels,
    pub(super) layout: &'a Layout,
    pub(super) plans: &'a Plans,
    pub(super) transitions: &'a [Compiled],
    pub(super) terms: &'a Terms,
    pub(super) reach: Option<&'a Reach>,
    pub(super) schedule: Option<&'a Schedule>,
    pub(super) discount: f64,
    /// Whether information about the states is worth something in itself.
    pub(super) information: bool,
}

/// Expected utility, entropy of the predicted observations, ambiguity, what is expected to be learnt about the model, and
/// how far it leads from the goals: the sums a step is made of, in nats.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) utility: f64,
    pub(super) entropy: f64,
    pub(super) ambiguity: f64,
    pub(super) novelty: f64,
    pub(super) inductive: f64,
}

impl Sums {
    pub(super) fn value(self) -> f64 {
        self.utility + (self.entropy - self.ambiguity) + (self.novelty + self.inductive)
    }
}

/// Working memory and result of an evaluation.
#[derive(Clone, Debug)]
pub(super) enum Outlook {
    Walk(Box<Walk>),
    Sweep(Box<Sweep>),
}

impl Outlook {
    pub(super) fn new(program: Program<'_>) -> Self {
        match program.schedule {
            Some(schedule) => Self::Sweep(Box::new(Sweep::new(program, schedule))),
            None => Self::Walk(Box::new(Walk::new(program))),
        }
    }

    /// Evaluates every position of the plans from a belief.
    pub(super) fn evaluate(&mut self, program: Program<'_>, belief: &[f64]) {
        match (self, program.schedule) {
            (Self::Sweep(sweep), Some(schedule)) => sweep.evaluate(program, schedule, belief),
            (Self::Walk(walk), _) => walk.evaluate(program, belief),
            // Working memory is made for its engine, which either has a schedule or has none.
            (Self::Sweep(_), None) => {}
        }
    }

    /// Negative expected free energy so far, for each position.
    pub(super) fn neg_efe_of(&self) -> &[f64] {
        match self {
            Self::Walk(walk) => &walk.neg_efe_of,
            Self::Sweep(sweep) => &sweep.neg_efe_of,
        }
    }

    /// The sums of the last step of a position.
    pub(super) fn sums(&self, program: Program<'_>, position: usize) -> Sums {
        match (self, program.schedule) {
            (Self::Walk(walk), _) => walk.sums_of[position],
            (Self::Sweep(sweep), Some(schedule)) => sweep.sums(schedule, program.plans, position),
            (Self::Sweep(_), None) => Sums::default(),
        }
    }

    /// Puts what a search has found about a position in the place of what one step is worth.
    pub(super) fn replace(&mut self, position: usize, neg_efe: f64, sums: Sums) {
        if let Self::Walk(walk) = self {
            walk.neg_efe_of[position] = neg_efe;
            walk.sums_of[position] = sums;
        }
    }

    /// What is predicted about every factor at a position, by a walk.
    pub(super) fn predicted(&self, layout: &Layout, position: usize, out: &mut [f64]) {
        if let Self::Walk(walk) = self {
            walk.predicted(layout, position, out);
        }
    }

    /// About how many numbers it takes.
    pub(super) fn numbers(&self) -> usize {
        match self {
            Self::Walk(walk) => walk.numbers(),
            Self::Sweep(sweep) => sweep.numbers(),
        }
    }
}
