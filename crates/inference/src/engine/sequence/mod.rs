//! Sequence inference: the states of a whole window together, each by what was seen before and after it.
//!
//! A step believes by what was seen until then. Looking back over a window tells more: what is seen later also says where one
//! had been.

mod messages;
mod smoothing;

use super::{Engine, Input, StepError};
use crate::model::{Evidence, Table};

/// How the states of a window are inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Variational message passing: expected logarithms of the transitions, 16 rounds.
    Variational,
    /// Marginal message passing: logarithms of expected transitions, each direction by half, 16 rounds.
    Marginal,
    /// A filter forwards and a smoother backwards: exact for a model of one factor.
    Smoothing,
}

/// What was seen and done over some steps.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    /// Per step one piece of evidence per modality.
    pub evidence: &'a [Vec<Evidence>],
    /// The action between each step and the next.
    pub actions: &'a [Vec<usize>],
    /// What was believed before the first step, per factor; without it the model's prior.
    pub prior: Option<&'a [Vec<f64>]>,
}

/// Beliefs over a window: `[step][factor][state]`.
pub type Beliefs = Vec<Vec<Vec<f64>>>;

impl Engine {
    /// What is believed about every step of a window, by all that was seen in it.
    ///
    /// Works on the model as it is, without what an agent may have learnt.
    ///
    /// # Errors
    /// As [`Engine::step`]; also if there is not one action between every two steps, or the prior is none.
    pub fn infer_window(&self, window: &Window<'_>, scheme: Scheme) -> Result<Beliefs, StepError> {
        for (index, evidence) in window.evidence.iter().enumerate() {
            let executed = index.checked_sub(1).and_then(|before| window.actions.get(before)).map(Vec::as_slice);
            self.check_input(&Input { evidence, executed, elapsed: 1 })?;
        }
        let n_steps = window.evidence.len();
        if window.actions.len() + 1 != n_steps.max(1) {
            return Err(StepError::Executed);
        }
        let spec = self.model.spec();
        let prior = window.prior.unwrap_or(&spec.priors);
        if self.believing(prior).is_none() {
            return Err(StepError::Foreign("prior"));
        }
        Ok(match scheme {
            Scheme::Variational => messages::pass(self, window, prior, messages::Kind::Variational),
            Scheme::Marginal => messages::pass(self, window, prior, messages::Kind::Marginal),
            Scheme::Smoothing => smoothing::smooth(self, window, prior),
        })
    }

    /// The control vector before a step of a window; what is known of the first is what the model declares.
    fn preceding_in<'a>(&'a self, window: &Window<'a>, step: usize, modality: usize) -> Option<&'a [usize]> {
        match step.checked_sub(1) {
            Some(before) => window.actions.get(before).map(Vec::as_slice),
            None => self.initial.get(modality)?.as_deref(),
        }
    }

    /// Visits the entries of a table under an action: outcome, the state of each factor it depends on, value.
    fn for_each_entry(&self, table: &Table, action: &[usize], mut visit: impl FnMut(usize, &[usize], f64)) {
        let spec = self.model.spec();
        let sizes: Vec<usize> = table.factors.iter().map(|factor| self.layout.sizes[*factor]).collect();
        let combination =
            |place: usize, control: &usize| place * spec.controls[*control].labels.len() + action[*control];
        let combination = table.controls.iter().fold(0, combination);
        let combinations: usize = table.controls.iter().map(|control| spec.controls[*control].labels.len()).product();
        let columns: usize = sizes.iter().product();
        let mut states = vec![0; sizes.len()];
        for (row, value) in table.values.iter().skip(combination).step_by(combinations).enumerate() {
            let mut rest = row % columns;
            for (state, size) in states.iter_mut().zip(&sizes).rev() {
                (*state, rest) = (rest % size, rest / size);
            }
            visit(row / columns, &states, *value);
        }
    }
}
