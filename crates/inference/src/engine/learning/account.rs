//! What an agent has learnt, for whoever asks.

use super::super::{Engine, State};
use super::Lessons;
use crate::model::{Learnable, Spec};

impl Engine {
    /// The counts behind a table of an agent in this state, in the order of the model's table: those that the model
    /// begins with, and what was learnt. `None` if that is not learnt, or the state is another model's.
    pub fn counts(&self, state: &State, what: Learnable) -> Option<Vec<f64>> {
        let fits = state.model == self.model_mark && state.deltas.len() == self.lessons.total;
        self.lessons.about(what).filter(|_| fits).map(|lesson| lesson.counts(&state.deltas))
    }
}

impl Lessons {
    /// The tables of the model as they were learnt; nothing if none of them is.
    pub(in super::super) fn spec_with(&self, spec: &Spec, deltas: &[f64]) -> Option<Spec> {
        let mut spec = (self.total > 0).then(|| spec.clone())?;
        for lesson in &self.all {
            let table = match lesson.what {
                Learnable::Likelihood(modality) => &mut spec.likelihoods[modality].values,
                Learnable::Transition(factor) => &mut spec.transitions[factor].values,
                Learnable::Prior(_) | Learnable::Habits => continue,
            };
            let columns = lesson.columns();
            for (place, p) in table.iter_mut().enumerate() {
                *p = lesson.probability(deltas, place % columns, place / columns);
            }
        }
        Some(spec)
    }
}
