//! A model with all factors flattened into one.

use freeagentics_inference::model::{Preference, Spec, Table};

use crate::bench_models::build::{axis, table};
use crate::slow::{combinations, entry, sizes};

/// The single factor's states are all combinations of the factors' states, the last factor fastest.
pub(super) struct Flat<'a> {
    old: &'a Spec,
    states: Vec<Vec<usize>>,
}

impl<'a> Flat<'a> {
    pub(super) fn of(old: &'a Spec) -> Self {
        Self { old, states: combinations(&sizes(&old.factors)) }
    }

    pub(super) fn spec(&self) -> Spec {
        let old = self.old;
        let likelihoods = old.likelihoods.iter().zip(&old.modalities);
        Spec {
            factors: vec![axis("all", self.states.len())],
            likelihoods: likelihoods.map(|(table, modality)| self.given(table, modality.labels.len())).collect(),
            transitions: vec![self.transition()],
            preferences: old.preferences.iter().map(|wanted| self.preference(wanted)).collect(),
            priors: vec![self.distribution(|factor| &old.priors[factor])],
            learning: Vec::new(),
            ..old.clone()
        }
    }

    /// The product of a distribution over each factor.
    pub(super) fn distribution<'b>(&self, over: impl Fn(usize) -> &'b [f64]) -> Vec<f64> {
        let probability = |states: &Vec<usize>| states.iter().enumerate().map(|(f, &state)| over(f)[state]).product();
        self.states.iter().map(probability).collect()
    }

    fn given(&self, of: &Table, outcomes: usize) -> Table {
        self.table(&of.controls, outcomes, |outcome, from, action| entry(self.old, of, outcome, from, action))
    }

    fn transition(&self) -> Table {
        let every_control: Vec<usize> = (0..self.old.controls.len()).collect();
        self.table(&every_control, self.states.len(), |next, from, action| {
            let factors = self.old.transitions.iter().zip(&self.states[next]);
            factors.map(|(table, &state)| entry(self.old, table, state, from, action)).product()
        })
    }

    fn preference(&self, wanted: &Preference) -> Preference {
        match wanted {
            Preference::Joint { factors, controls, at, values } => {
                let of = Table { factors: factors.clone(), controls: controls.clone(), values: values.clone() };
                let values = self.given(&of, 1).values;
                Preference::Joint { factors: vec![0], controls: controls.clone(), at: *at, values }
            }
            over_observations => over_observations.clone(),
        }
    }

    /// A table over the single factor, each entry from an outcome, old states and a value of every control.
    fn table(&self, controls: &[usize], outcomes: usize, entry: impl Fn(usize, &[usize], &[usize]) -> f64) -> Table {
        let values = controls.iter().map(|&control| self.old.controls[control].labels.len());
        let shape: Vec<usize> = [outcomes, self.states.len()].into_iter().chain(values).collect();
        table(&[0], controls, &shape, |at| {
            let mut action = vec![0; self.old.controls.len()];
            controls.iter().zip(&at[2..]).for_each(|(&control, &value)| action[control] = value);
            entry(at[0], &self.states[at[1]], &action)
        })
    }
}
