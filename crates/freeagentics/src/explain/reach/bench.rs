//! Asks an agent what it would do at a given belief.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, sync::Arc};

use freeagentics_inference::{
    engine::{self, Engine, Input, Options, Policies, Scratch},
    model::{Evidence, Spec, Table},
};

use super::{Choice, beliefs::Belief};
use crate::explain::weighing::{Considered, Weighing};

/// Work per survey, in units of [`Bench::cost`]: about a second.
const WORK: usize = 20_000_000;

/// An agent whose belief can be set.
pub(super) struct Bench {
    pub(super) engine: Engine,
    unseen: Vec<Evidence>,
    scratch: RefCell<Scratch>,
    /// The same agent with plans of other lengths, made when first asked for.
    others: RefCell<BTreeMap<usize, Option<Rc<Bench>>>>,
}

/// What it would do at one belief.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) belief: Belief,
    pub(super) weighing: Weighing,
}

impl Bench {
    /// The agent, choosing its favourite: a drawn action says nothing about which one that is.
    pub(super) fn new(engine: &Engine) -> Option<Self> {
        let options = Options { choice: engine::Choice::Deterministic, ..engine.options().clone() };
        Self::with_options(engine, options)
    }

    fn with_options(engine: &Engine, options: Options) -> Option<Self> {
        let engine = Engine::new(Arc::clone(engine.model()), options).ok()?;
        let unseen = vec![Evidence::Missing; engine.model().spec().modalities.len()];
        Some(Self { unseen, scratch: RefCell::new(engine.scratch()), others: RefCell::default(), engine })
    }

    /// The same agent with longer or shorter plans; `None` where the model lists its plans, or they would be too many.
    pub(super) fn with_length(&self, length: usize) -> Option<Rc<Self>> {
        let mut others = self.others.try_borrow_mut().ok()?;
        others.entry(length).or_insert_with(|| self.made_with_length(length).map(Rc::new)).clone()
    }

    fn made_with_length(&self, length: usize) -> Option<Self> {
        const MOST_PLANS: usize = 20_000;
        let options = self.engine.options();
        let Policies::All { .. } = options.policies else { return None };
        let actions: usize = self.spec().controls.iter().map(|control| control.labels.len()).product();
        let n_policies = (0..length).try_fold(1_usize, |product, _| product.checked_mul(actions))?;
        // Habits are one weight per plan and have no meaning for other plans.
        if n_policies > MOST_PLANS || options.habits.is_some() {
            return None;
        }
        Self::with_options(&self.engine, Options { policies: Policies::All { length }, ..options.clone() })
    }

    pub(super) fn spec(&self) -> &Spec {
        self.engine.model().spec()
    }

    /// How many beliefs may be tried.
    pub(super) fn budget(&self) -> usize {
        (WORK / self.cost()).clamp(100, 2000)
    }

    /// How many may be tried once more with plans of another length.
    pub(super) fn second_budget(&self) -> usize {
        (WORK / 4 / self.cost()).min(160)
    }

    /// Roughly what one belief costs: each plan goes over states and observations; columns are long in large tables.
    fn cost(&self) -> usize {
        let spec = self.spec();
        let states: usize = spec.factors.iter().map(|factor| factor.labels.len()).sum();
        let observations: usize = spec.modalities.iter().map(|modality| modality.labels.len()).sum();
        let entries = |table: &Table| table.values.len();
        let tables: usize = spec.likelihoods.iter().chain(&spec.transitions).map(entries).sum();
        self.engine.n_policies() * (16 + states + observations) + tables / 8
    }

    /// Asks. `None` only if the belief were no distribution.
    pub(super) fn sample(&self, belief: Belief) -> Option<Sample> {
        let mut state = self.engine.believing(&belief)?;
        let input = Input { evidence: &self.unseen, executed: None, elapsed: 0 };
        let mut scratch = self.scratch.try_borrow_mut().ok()?;
        let decision = self.engine.step(&mut state, &input, 0, &mut scratch).ok()?;
        Some(Sample { weighing: Weighing::of(&self.engine, &decision), belief })
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
