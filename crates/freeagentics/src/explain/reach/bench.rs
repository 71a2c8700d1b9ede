//! Asks an agent what it would do at a given belief.

use std::sync::Arc;

use freeagentics_inference::{
    engine::{self, Engine, Input, Options, Policies},
    model::{Evidence, Model, Spec},
};

use super::{Choice, beliefs::Belief};
use crate::explain::weighing::{Considered, Weighing};

/// Work per survey, in plans times table entries: a second or two.
const WORK: usize = 400_000_000;

/// An agent whose belief can be set.
pub(super) struct Bench {
    pub(super) spec: Spec,
    pub(super) options: Options,
    pub(super) n_policies: usize,
}

/// What it would do at one belief.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) belief: Belief,
    pub(super) weighing: Weighing,
}

impl Bench {
    pub(super) fn new(engine: &Engine) -> Self {
        // A drawn action says nothing about which one is the favourite.
        let options = Options { choice: engine::Choice::Deterministic, ..engine.options().clone() };
        Self { spec: engine.model().spec().clone(), options, n_policies: engine.n_policies() }
    }

    /// The same agent with longer or shorter plans; `None` where the model lists its plans.
    pub(super) fn with_length(&self, length: usize) -> Option<Self> {
        const MOST_PLANS: usize = 20_000;
        let Policies::All { .. } = self.options.policies else { return None };
        let actions: usize = self.spec.controls.iter().map(|control| control.labels.len()).product();
        let n_policies = (0..length).try_fold(1_usize, |product, _| product.checked_mul(actions))?;
        // Habits are one weight per plan and have no meaning for other plans.
        let options = Options { policies: Policies::All { length }, habits: None, ..self.options.clone() };
        let feasible = n_policies <= MOST_PLANS && self.options.habits.is_none();
        feasible.then(|| Self { spec: self.spec.clone(), options, n_policies })
    }

    /// How many beliefs may be tried.
    pub(super) fn budget(&self) -> usize {
        let entries = |table: &freeagentics_inference::model::Table| table.values.len();
        let tables: usize = self.spec.likelihoods.iter().chain(&self.spec.transitions).map(entries).sum();
        (WORK / (tables + self.n_policies * 64).max(1)).clamp(200, 2000)
    }

    /// Asks. `None` only if the belief were no distribution.
    pub(super) fn sample(&self, belief: Belief) -> Option<Sample> {
        let spec = Spec { priors: belief.clone(), ..self.spec.clone() };
        let engine = Engine::new(Arc::new(Model::new(spec).ok()?), self.options.clone()).ok()?;
        let unseen = vec![Evidence::Missing; self.spec.modalities.len()];
        let (mut state, mut scratch) = (engine.start(), engine.scratch());
        let decision = engine.step(&mut state, &Input::new(&unseen), 0, &mut scratch).ok()?;
        Some(Sample { weighing: Weighing::of(&engine, &decision), belief })
    }
}

impl Sample {
    pub(super) fn chooses(&self, choice: Choice) -> bool {
        self.weighing.chosen.get(choice.control) == Some(&choice.value)
    }

    /// How far the best plan that begins with `choice` is behind; infinite if no plan does.
    pub(super) fn gap(&self, choice: Choice) -> f64 {
        self.weighing.gap(choice.control, choice.value).unwrap_or(f64::INFINITY)
    }

    pub(super) fn best_with(&self, choice: Choice) -> Option<&Considered> {
        self.weighing.best_with(choice.control, choice.value)
    }

    /// How far `choice` is ahead of all that does not begin with it.
    pub(super) fn margin(&self, choice: Choice) -> f64 {
        let others =
            self.weighing.considered.iter().filter(|one| one.action.get(choice.control) != Some(&choice.value));
        let best = others.map(Considered::net).max_by(f64::total_cmp);
        self.best_with(choice).zip(best).map_or(0.0, |(own, other)| own.net() - other)
    }

    pub(super) fn odds(&self, factor: usize, state: usize) -> f64 {
        self.belief.get(factor).and_then(|odds| odds.get(state)).copied().unwrap_or(0.0)
    }
}
