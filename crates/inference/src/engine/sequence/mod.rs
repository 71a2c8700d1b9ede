//! Sequence inference: the states of a whole window together, each by what was seen before and after it.
//!
//! A step believes by what was seen until then. Looking back over a window tells more: what is seen later also says where one
//! had been. An agent that looks back ([`past`]) believes and learns by that.

mod kept;
mod messages;
mod past;
mod smoothing;

use super::{Engine, Input, Scratch, StepError};
use crate::model::{Evidence, Spec, Table};
pub(super) use kept::{decode, encode};
use past::Looked;
pub(super) use past::{Past, View};

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

/// A window with all that its inference needs.
#[derive(Clone, Copy, Debug)]
struct Span<'a> {
    /// The tables, as they were learnt.
    spec: &'a Spec,
    evidence: &'a [&'a [Evidence]],
    /// The action between each step and the next.
    actions: &'a [&'a [usize]],
    /// What was believed before the first step.
    prior: &'a [Vec<f64>],
    /// The action before the first step, if there was one.
    before: Option<&'a [usize]>,
}

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
        let evidence: Vec<&[Evidence]> = window.evidence.iter().map(Vec::as_slice).collect();
        let actions: Vec<&[usize]> = window.actions.iter().map(Vec::as_slice).collect();
        let span = Span { spec, evidence: &evidence, actions: &actions, prior, before: None };
        Ok(span.infer(self, scheme, &mut self.scratch()).beliefs)
    }

    /// Visits the entries of a table under an action: outcome, the state of each factor it depends on, value.
    pub(super) fn for_each_entry(&self, table: &Table, action: &[usize], mut visit: impl FnMut(usize, &[usize], f64)) {
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

impl Span<'_> {
    /// What is believed about each step. The working memory has to know what the tables say.
    fn infer(&self, engine: &Engine, scheme: Scheme, scratch: &mut Scratch) -> Looked {
        let kind = match scheme {
            Scheme::Variational => messages::Kind::Variational,
            Scheme::Marginal => messages::Kind::Marginal,
            Scheme::Smoothing => {
                let filtered = smoothing::filter(engine, self, scratch);
                return Looked { beliefs: smoothing::smooth(engine, self, &filtered), filtered };
            }
        };
        Looked { beliefs: messages::pass(engine, self, kind), filtered: Vec::new() }
    }

    /// The control vector before a step of the window; what is known of the first step of an episode is what the model
    /// declares.
    fn preceding<'a>(&'a self, engine: &'a Engine, step: usize, modality: usize) -> Option<&'a [usize]> {
        match step.checked_sub(1) {
            Some(before) => self.actions.get(before).copied(),
            None => self.before.or(engine.initial.get(modality)?.as_deref()),
        }
    }
}
