//! What the expected free energy is made of, compiled from a model.

use super::Options;
use super::tables::{Axes, Compiled, Sizes};
use crate::model::{Learnable, Moment, Preference, Spec, Table};
use crate::numerics::{Kernels, padded};

/// A modality's predicted observations and what is preferred among them.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    pub(super) table: Compiled,
    /// `C`, padded: what is preferred at every step.
    pub(super) preference: Vec<f64>,
    /// What is preferred besides at each step of a plan; beyond the last the last holds.
    pub(super) timed: Vec<Vec<f64>>,
    /// Whether it is learnt. Behind the probabilities of an outcome row then stand the weights of its novelty, and behind
    /// those the entropy of the column.
    pub(super) learnt: bool,
    pub(super) outcomes: usize,
}

/// How much there is to learn about a factor's transition: weights of novelty, laid out like the transition.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) factor: usize,
    pub(super) table: Compiled,
}

/// What a scalar term adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Utility,
    Ambiguity,
}

/// An expectation `E_q[value]` of a table over states and controls.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) kind: Kind,
    pub(super) at: Moment,
    /// The factor contracted last (it is the outcome axis of `table`), or none for a constant.
    pub(super) last: Option<usize>,
    pub(super) table: Compiled,
}

/// All terms. Those that look only at the states after the action come apart from the others, because they are
/// computed once per distinct predicted state.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) observed: Vec<Observed>,
    pub(super) scalars: Vec<Scalar>,
    pub(super) changes: Vec<Change>,
}

impl Scalar {
    /// Whether its value depends on more than the states after the action.
    pub(super) fn needs_action(&self) -> bool {
        self.at == Moment::Before || self.table.depends_on_action()
    }
}

impl Terms {
    pub(super) fn new(spec: &Spec, options: &Options, sizes: &Sizes<'_>, order: &[usize]) -> Self {
        let learnt = |what: Learnable| spec.learning.iter().any(|learning| learning.what == what);
        let mut scalars: Vec<Values> = Vec::new();
        for (index, (modality, table)) in spec.modalities.iter().zip(&spec.likelihoods).enumerate() {
            if options.information && !learnt(Learnable::Likelihood(index)) {
                let axes = Axes::new(table, modality.labels.len(), sizes);
                Values::add(&mut scalars, ambiguity(&axes));
            }
        }
        let mut wanted: Vec<Wanted> =
            spec.modalities.iter().map(|modality| Wanted::nothing(modality.labels.len())).collect();
        for preference in &spec.preferences {
            match preference {
                Preference::Observations { modality, values } => wanted[*modality].always(values),
                Preference::Timed { modality, values } => wanted[*modality].timed(values),
                Preference::Joint { factors, controls, at, values } => {
                    let table = Table { factors: factors.clone(), controls: controls.clone(), values: values.clone() };
                    Values::add(
                        &mut scalars,
                        Values { kind: Kind::Utility, at: *at, axes: Axes::new(&table, 1, sizes) },
                    );
                }
            }
        }
        let observed = spec.modalities.iter().zip(&spec.likelihoods).zip(wanted).enumerate();
        let observed = observed.map(|(index, ((modality, table), wanted))| {
            let (outcomes, learnt) = (modality.labels.len(), learnt(Learnable::Likelihood(index)));
            let table = if learnt {
                Compiled::blank(table, padded(outcomes) + outcomes + 1, sizes, order)
            } else {
                Compiled::new(table, outcomes, sizes, order)
            };
            Observed { table, preference: wanted.always, timed: wanted.timed, learnt, outcomes }
        });
        let factors = spec.transitions.iter().zip(sizes.factors).enumerate();
        let changing = factors.filter(|(factor, _)| options.novelty && learnt(Learnable::Transition(*factor)));
        Self {
            observed: observed.collect(),
            scalars: scalars.into_iter().map(|values| values.compile(sizes, order)).collect(),
            changes: changing
                .map(|(factor, (table, size))| Change { factor, table: Compiled::blank(table, *size, sizes, order) })
                .collect(),
        }
    }
}

/// What is preferred among the observations of one modality, all of it padded.
struct Wanted {
    always: Vec<f64>,
    timed: Vec<Vec<f64>>,
}

impl Wanted {
    fn nothing(outcomes: usize) -> Self {
        Self { always: vec![0.0; padded(outcomes)], timed: Vec::new() }
    }

    fn always(&mut self, values: &[f64]) {
        self.always.iter_mut().zip(values).for_each(|(wanted, value)| *wanted += value);
    }

    fn timed(&mut self, values: &[Vec<f64>]) {
        let nothing = vec![0.0; self.always.len()];
        while self.timed.len() < values.len() {
            let last = self.timed.last().unwrap_or(&nothing).clone();
            self.timed.push(last);
        }
        for (time, wanted) in self.timed.iter_mut().enumerate() {
            let values = values.get(time).or(values.last()).into_iter().flatten();
            wanted.iter_mut().zip(values).for_each(|(wanted, value)| *wanted += value);
        }
    }
}

/// A scalar term before compilation: `axes` has one outcome.
struct Values {
    kind: Kind,
    at: Moment,
    axes: Axes,
}

impl Values {
    /// Adds a term, into one that looks at the same things if there is any. A term that is zero everywhere is dropped.
    fn add(scalars: &mut Vec<Self>, new: Self) {
        let new = Self { axes: new.axes.without_idle_factors(), ..new };
        if new.axes.values.iter().all(|value| *value == 0.0) {
            return;
        }
        let alike = |old: &&mut Self| {
            (old.kind, old.at) == (new.kind, new.at)
                && old.axes.factors == new.axes.factors
                && old.axes.controls == new.axes.controls
        };
        match scalars.iter_mut().find(alike) {
            Some(old) => old.axes.values.iter_mut().zip(&new.axes.values).for_each(|(old, new)| *old += new),
            None => scalars.push(new),
        }
    }

    /// Moves the factor that is contracted last to the outcome axis.
    fn compile(self, sizes: &Sizes<'_>, order: &[usize]) -> Scalar {
        let Axes { factors, controls, values, .. } = self.axes;
        let axis = (0..factors.len()).max_by_key(|axis| order[factors[*axis].0]);
        let mut table = Table {
            factors: factors.iter().map(|(factor, _)| *factor).collect(),
            controls: controls.iter().map(|(control, _)| *control).collect(),
            values,
        };
        let mut outcomes = 1;
        if let Some(axis) = axis {
            outcomes = factors[axis].1;
            let inner: usize = factors[axis + 1..].iter().chain(&controls).map(|(_, size)| size).product();
            let block = outcomes * inner;
            let moved = (0..outcomes).flat_map(|state| {
                let values = &table.values;
                values.chunks(block).flat_map(move |block| &block[state * inner..(state + 1) * inner])
            });
            table.values = moved.copied().collect();
            table.factors.remove(axis);
        }
        let last = axis.map(|axis| factors[axis].0);
        Scalar { kind: self.kind, at: self.at, last, table: Compiled::new(&table, outcomes, sizes, order) }
    }
}

/// `H(A[:, s])` for every column, as a table over what the likelihood depends on.
fn ambiguity(axes: &Axes) -> Values {
    let kernels = Kernels::plain(); // Every implementation gives the same bits.
    let columns = axes.values.len() / axes.outcomes;
    let entropy = |column: usize| {
        let mut padded_column = vec![0.0; padded(axes.outcomes)];
        let entries = axes.values.iter().skip(column).step_by(columns);
        padded_column.iter_mut().zip(entries).for_each(|(to, from)| *to = *from);
        kernels.entropy(&padded_column)
    };
    let axes = Axes { outcomes: 1, values: (0..columns).map(entropy).collect(), ..axes.clone() };
    Values { kind: Kind::Ambiguity, at: Moment::After, axes }
}
