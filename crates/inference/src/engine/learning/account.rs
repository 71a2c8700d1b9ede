//! What an agent has learnt, for whoever asks.

use super::super::{Engine, State};
use crate::model::Learnable;

impl Engine {
    /// The counts behind a table of an agent in this state, in the order of the model's table: those that the model
    /// begins with, and what was learnt. `None` if that is not learnt, or the state is another model's.
    pub fn counts(&self, state: &State, what: Learnable) -> Option<Vec<f64>> {
        let fits = state.model == self.model_mark && state.deltas.len() == self.lessons.total;
        self.lessons.about(what).filter(|_| fits).map(|lesson| lesson.counts(&state.deltas))
    }
}
