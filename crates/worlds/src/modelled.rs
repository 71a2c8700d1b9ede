//! A world that is just as a model says: the model itself, used to make what it explains.

use std::sync::Arc;

use freeagentics_inference::model::{Evidence, Moment as At, Preference, Spec, Table};
use freeagentics_inference::numerics::Random;

use crate::world::{Moment, Shape, World};

/// A world out of a model. What its preferences say is the reward.
#[derive(Clone, Debug)]
pub struct Modelled {
    spec: Arc<Spec>,
    shape: Arc<Shape>,
    states: Vec<usize>,
    action: Option<Vec<usize>>,
}

impl Modelled {
    /// A world that has yet to begin.
    pub fn new(spec: impl Into<Arc<Spec>>) -> Self {
        let spec = spec.into();
        let shape = Shape::of(&spec).into();
        let states = vec![0; spec.factors.len()];
        Self { spec, shape, states, action: None }
    }

    /// The model that it is.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Begins anew, somewhere that the prior allows.
    pub fn begin(&mut self, random: &mut Random) {
        self.states = self.spec.priors.iter().map(|prior| random.index(prior)).collect();
        self.action = None;
    }

    /// Goes on after an action, and returns the states before it.
    pub fn go_on(&mut self, action: &[usize], random: &mut Random) -> Vec<usize> {
        let next =
            self.spec.transitions.iter().map(|table| random.index(&self.column(table, &self.states, Some(action))));
        let next = next.collect();
        self.action = Some(action.to_vec());
        std::mem::replace(&mut self.states, next)
    }

    /// What can be seen now.
    pub fn show(&self, random: &mut Random) -> Vec<Evidence> {
        let tables = self.spec.likelihoods.iter().zip(&self.spec.modalities);
        let shown = tables.map(|(table, modality)| {
            let declared = modality.initial.as_ref().map(|values| {
                let mut action = vec![0; self.spec.controls.len()];
                let set = table.controls.iter().zip(values);
                set.for_each(|(control, value)| action.iter_mut().skip(*control).take(1).for_each(|v| *v = *value));
                action
            });
            // What depends on an action shows nothing before the first one, unless one is declared.
            let action = self.action.clone().or(declared);
            let known = table.controls.is_empty() || action.is_some();
            if known {
                Evidence::Index(random.index(&self.column(table, &self.states, action.as_deref())))
            } else {
                Evidence::Missing
            }
        });
        shown.collect()
    }

    /// The column of a table at these states and an action.
    fn column(&self, table: &Table, states: &[usize], action: Option<&[usize]>) -> Vec<f64> {
        let (column, columns) = self.place(&table.factors, &table.controls, states, action);
        table.column(column, columns).collect()
    }

    /// The index of a combination of states and values, and how many there are.
    fn place(
        &self,
        factors: &[usize],
        controls: &[usize],
        states: &[usize],
        action: Option<&[usize]>,
    ) -> (usize, usize) {
        let (mut place, mut places) = (0, 1);
        for &factor in factors {
            let size = self.spec.factors.get(factor).map_or(1, |axis| axis.labels.len());
            place = place * size + states.get(factor).copied().unwrap_or(0);
            places *= size;
        }
        for &control in controls {
            let size = self.spec.controls.get(control).map_or(1, |axis| axis.labels.len());
            place = place * size + action.and_then(|action| action.get(control)).copied().unwrap_or(0);
            places *= size;
        }
        (place, places)
    }

    /// What the preferences give for having come from these states by this action to what is seen now.
    fn reward(&self, before: &[usize], action: &[usize], evidence: &[Evidence]) -> f64 {
        let seen = |modality: usize, values: &[f64]| match evidence.get(modality) {
            Some(Evidence::Index(seen)) => values.get(*seen).copied().unwrap_or(0.0),
            _ => 0.0,
        };
        let worth = |preference: &Preference| match preference {
            Preference::Observations { modality, values } => seen(*modality, values),
            Preference::Timed { modality, values } => values.first().map_or(0.0, |values| seen(*modality, values)),
            Preference::Joint { factors, controls, at, values } => {
                let states = if *at == At::Before { before } else { &self.states };
                let (place, _) = self.place(factors, controls, states, Some(action));
                values.get(place).copied().unwrap_or(0.0)
            }
        };
        self.spec.preferences.iter().map(worth).sum()
    }
}

impl World for Modelled {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn reset(&mut self, random: &mut Random) -> Moment {
        self.begin(random);
        Moment { evidence: self.show(random), reward: 0.0, over: false }
    }

    fn act(&mut self, action: &[usize], random: &mut Random) -> Moment {
        let before = self.go_on(action, random);
        let evidence = self.show(random);
        let reward = self.reward(&before, action, &evidence);
        Moment { evidence, reward, over: false }
    }

    fn truth(&self) -> String {
        let named = |(factor, state): (&freeagentics_inference::model::Axis, &usize)| {
            format!("{} {}", factor.name, factor.labels.get(*state).map_or("?", String::as_str))
        };
        self.spec.factors.iter().zip(&self.states).map(named).collect::<Vec<_>>().join(", ")
    }
}
