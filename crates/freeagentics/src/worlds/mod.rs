//! Worlds to act in.

use freeagentics_inference::{
    model::{Evidence, Spec, Table},
    numerics::Random,
};

/// A world that is just as a model says: the model itself, used to make what it explains.
#[derive(Clone, Debug)]
pub(crate) struct World<'m> {
    spec: &'m Spec,
    states: Vec<usize>,
    action: Option<Vec<usize>>,
}

impl<'m> World<'m> {
    /// A world that has yet to begin.
    pub(crate) const fn new(spec: &'m Spec) -> Self {
        Self { spec, states: Vec::new(), action: None }
    }

    /// Begins anew, somewhere that the prior allows.
    pub(crate) fn begin(&mut self, random: &mut Random) {
        self.states = self.spec.priors.iter().map(|prior| random.index(prior)).collect();
        self.action = None;
    }

    /// What can be seen now.
    pub(crate) fn show(&self, random: &mut Random) -> Vec<Evidence> {
        let shown = self.spec.likelihoods.iter().map(|table| {
            // What depends on an action shows nothing before the first one.
            let action = self.action.as_deref();
            let known = table.controls.is_empty() || action.is_some();
            if known { Evidence::Index(random.index(&self.column(table, action))) } else { Evidence::Missing }
        });
        shown.collect()
    }

    /// Goes on to the next moment, after this action.
    pub(crate) fn go_on(&mut self, action: &[usize], random: &mut Random) {
        let next = self.spec.transitions.iter().map(|table| random.index(&self.column(table, Some(action))));
        self.states = next.collect();
        self.action = Some(action.to_vec());
    }

    /// The column of a table at the present states and an action.
    fn column(&self, table: &Table, action: Option<&[usize]>) -> Vec<f64> {
        let (mut column, mut columns) = (0, 1);
        for &factor in &table.factors {
            let size = self.spec.factors.get(factor).map_or(1, |axis| axis.labels.len());
            column = column * size + self.states.get(factor).copied().unwrap_or(0);
            columns *= size;
        }
        for &control in &table.controls {
            let size = self.spec.controls.get(control).map_or(1, |axis| axis.labels.len());
            column = column * size + action.and_then(|action| action.get(control)).copied().unwrap_or(0);
            columns *= size;
        }
        table.column(column, columns).collect()
    }
}
