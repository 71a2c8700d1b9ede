//! The tables that are learnt, with their prior counts and where their columns lie.

use super::super::beliefs::Layout;
use super::super::likelihoods::Likelihoods;
use super::super::tables::{Compiled, Sizes};
use super::super::{Learns, Options};
use crate::model::{Learnable, Learning, Spec, Table};

/// One table that is learnt.
#[derive(Clone, Debug)]
pub(in super::super) struct Lesson {
    pub(super) what: Learnable,
    /// Where its numbers lie among the deltas, `[column][outcome]`.
    pub(super) start: usize,
    pub(super) outcomes: usize,
    /// Prior counts, `[column][outcome]`.
    pub(super) prior: Vec<f64>,
    pub(super) rate: f64,
    pub(super) forgetting: f64,
    /// The factors it depends on, with their sizes.
    pub(super) factors: Vec<(usize, usize)>,
    /// The controls it depends on, with the stride of each among the combinations.
    pub(super) controls: Vec<(usize, usize)>,
    /// Combinations of controls; the fastest part of a column's index.
    pub(super) combinations: usize,
    /// For each combination of states the row that it has in the compiled table.
    pub(super) rows: Vec<usize>,
    /// For a likelihood the places of its log-likelihoods: per target of messages, per combination of states.
    pub(super) logs: Vec<Vec<usize>>,
}

/// All of them.
#[derive(Clone, Debug)]
pub(in super::super) struct Lessons {
    pub(super) all: Vec<Lesson>,
    /// Numbers that an agent's deltas are.
    pub(in super::super) total: usize,
    pub(in super::super) when: Learns,
    pub(super) novelty: bool,
    pub(super) information: bool,
    /// Whether what is learnt depends on the policy posterior.
    pub(in super::super) habits: bool,
}

impl Lessons {
    /// What of `spec` is learnt, and how `likelihoods` keeps it.
    pub(in super::super) fn new(
        spec: &Spec,
        options: &Options,
        layout: &Layout,
        likelihoods: &Likelihoods,
        order: &[usize],
        n_policies: usize,
    ) -> Self {
        let controls: Vec<usize> = spec.controls.iter().map(|control| control.labels.len()).collect();
        let sizes = Sizes { factors: &layout.sizes, controls: &controls };
        let mut total = 0;
        let lessons = spec.learning.iter().map(|learning| {
            let lesson = Lesson::new(spec, options, learning, &sizes, likelihoods, order, n_policies);
            let lesson = Lesson { start: total, ..lesson };
            total += lesson.prior.len();
            lesson
        });
        Self {
            all: lessons.collect(),
            total,
            when: options.learns,
            novelty: options.novelty,
            information: options.information,
            habits: spec.learning.iter().any(|learning| learning.what == Learnable::Habits),
        }
    }

    /// The lesson about `what`, if it is learnt.
    pub(in super::super) fn about(&self, what: Learnable) -> Option<&Lesson> {
        self.all.iter().find(|lesson| lesson.what == what)
    }

    /// Whether the delta at this place can ever be more than zero.
    pub(super) fn can_grow(&self, place: usize) -> bool {
        let lesson = self.all.iter().rev().find(|lesson| lesson.start <= place);
        lesson.and_then(|lesson| lesson.prior.get(place - lesson.start)).is_some_and(|prior| *prior > 0.0)
    }
}

impl Lesson {
    fn new(
        spec: &Spec,
        options: &Options,
        learning: &Learning,
        sizes: &Sizes<'_>,
        likelihoods: &Likelihoods,
        order: &[usize],
        n_policies: usize,
    ) -> Self {
        let alone = |values: Vec<f64>| Table { factors: Vec::new(), controls: Vec::new(), values };
        let (table, outcomes) = match learning.what {
            Learnable::Likelihood(modality) => {
                (spec.likelihoods[modality].clone(), spec.modalities[modality].labels.len())
            }
            Learnable::Transition(factor) => (spec.transitions[factor].clone(), sizes.factors[factor]),
            Learnable::Prior(factor) => (alone(spec.priors[factor].clone()), sizes.factors[factor]),
            Learnable::Habits => (alone(habits(options, n_policies)), n_policies),
        };
        let columns = learning.strength.len();
        let count = |column: usize, strength: f64| table.column(column, columns).map(move |p| strength * p);
        let prior = learning.strength.iter().enumerate().flat_map(|(column, strength)| count(column, *strength));
        let prior = prior.collect();
        let mut controls = Vec::new();
        let mut combinations = 1;
        for control in table.controls.iter().rev() {
            controls.push((*control, combinations));
            combinations *= sizes.controls[*control];
        }
        let logs = match learning.what {
            Learnable::Likelihood(modality) => likelihoods.places(modality, &table, sizes.factors),
            _ => Vec::new(),
        };
        Self {
            what: learning.what,
            start: 0,
            outcomes,
            prior,
            rate: learning.rate,
            forgetting: learning.forgetting,
            factors: table.factors.iter().map(|factor| (*factor, sizes.factors[*factor])).collect(),
            controls,
            combinations,
            rows: Compiled::rows(&table, sizes, order),
            logs,
        }
    }

    pub(super) fn columns(&self) -> usize {
        self.prior.len() / self.outcomes
    }

    /// Which combination of its controls an action selects.
    pub(super) fn combination(&self, action: &[usize]) -> usize {
        self.controls.iter().map(|(control, stride)| action[*control] * stride).sum()
    }

    /// Count `outcome` of `column`, given all deltas.
    pub(super) fn count(&self, deltas: &[f64], column: usize, outcome: usize) -> f64 {
        let place = column * self.outcomes + outcome;
        self.prior[place] + deltas[self.start + place]
    }

    /// The sum of a column's counts, in the order of the outcomes.
    pub(super) fn sum(&self, deltas: &[f64], column: usize) -> f64 {
        (0..self.outcomes).fold(0.0, |sum, outcome| sum + self.count(deltas, column, outcome))
    }

    /// The probability that the counts give.
    pub(in super::super) fn probability(&self, deltas: &[f64], column: usize, outcome: usize) -> f64 {
        self.count(deltas, column, outcome) / self.sum(deltas, column)
    }

    /// All counts, in the order of the model's table `[outcome][factors…][controls…]`.
    pub(in super::super) fn counts(&self, deltas: &[f64]) -> Vec<f64> {
        let columns = self.columns();
        let outcomes = 0..self.outcomes;
        outcomes.flat_map(|outcome| (0..columns).map(move |column| self.count(deltas, column, outcome))).collect()
    }
}

/// E in proportion: the options' habits, or all alike.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^53 policies")]
fn habits(options: &Options, n_policies: usize) -> Vec<f64> {
    let habits = options.habits.clone().unwrap_or_else(|| vec![1.0; n_policies]);
    let sum: f64 = if options.habits.is_some() { habits.iter().sum() } else { n_policies as f64 };
    habits.into_iter().map(|weight| weight / sum).collect()
}
