//! What an agent knows of its world, compiled: all of a model that learning can change.

use super::Options;
use super::beliefs::Layout;
use super::likelihoods::Likelihoods;
use super::reach::Reach;
use super::tables::{Compiled, Sizes};
use super::terms::Terms;
use crate::model::{Learnable, Spec};
use crate::numerics::ln_floor;

/// The compiled tables that a step works with: those of the engine, or an agent's own.
#[derive(Clone, Debug)]
pub(super) struct Knowledge {
    /// D, laid out.
    pub(super) prior: Vec<f64>,
    /// `ln⁺ E`, if there are habits.
    pub(super) log_habits: Option<Vec<f64>>,
    pub(super) likelihoods: Likelihoods,
    pub(super) transitions: Vec<Compiled>,
    pub(super) terms: Terms,
    /// From where the goals can be reached, if there are any.
    pub(super) reach: Option<Reach>,
}

impl Knowledge {
    /// What the model says. Tables that are learnt are laid out so that any of their columns can change, and are still
    /// to be filled.
    pub(super) fn new(spec: &Spec, options: &Options, layout: &Layout, order: &[usize], n_policies: usize) -> Self {
        let controls: Vec<usize> = spec.controls.iter().map(|control| control.labels.len()).collect();
        let sizes = Sizes { factors: &layout.sizes, controls: &controls };
        let mut prior = vec![0.0; layout.total];
        for (factor, distribution) in spec.priors.iter().enumerate() {
            prior[layout.range(factor)][..distribution.len()].copy_from_slice(distribution);
        }
        let learnt = |what: Learnable| spec.learning.iter().any(|learning| learning.what == what);
        let transitions = spec.transitions.iter().zip(&layout.sizes).enumerate();
        let transitions = transitions.map(|(factor, (table, size))| {
            if learnt(Learnable::Transition(factor)) {
                Compiled::blank(table, *size, &sizes, order)
            } else {
                Compiled::new(table, *size, &sizes, order)
            }
        });
        let log_habits = options.habits.as_ref().map(|habits| habits.iter().map(|e| ln_floor(*e)).collect());
        Self {
            prior,
            log_habits: log_habits.or_else(|| learnt(Learnable::Habits).then(|| vec![0.0; n_policies])),
            likelihoods: Likelihoods::new(spec, &sizes),
            transitions: transitions.collect(),
            terms: Terms::new(spec, options, &sizes, order),
            reach: options.goal.as_ref().map(|goal| Reach::new(spec, goal)),
        }
    }
}
