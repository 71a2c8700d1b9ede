//! The tables of one agent that has learnt: compiled from its counts, column by column as they change.

use super::super::State;
use super::super::beliefs::Layout;
use super::super::knowledge::Knowledge;
use super::{Lesson, Lessons};
use crate::model::Learnable;
use crate::numerics::{EPS, Kernels, digamma, ln_floor, padded};

/// An agent's own knowledge, and the deltas it was made of.
#[derive(Clone, Debug)]
pub(in super::super) struct Learnt {
    pub(in super::super) knowledge: Knowledge,
    pub(in super::super) deltas: Vec<f64>,
    /// The deltas of an agent whose last episode has just been added to them.
    settled: Vec<f64>,
    /// One column: its probabilities, and the weights of its novelty.
    column: Vec<f64>,
    weights: Vec<f64>,
    /// A transition in the model's order, for goals.
    transition: Vec<f64>,
}

impl Learnt {
    /// What an agent knows that has learnt nothing yet.
    pub(in super::super) fn new(knowledge: Knowledge, lessons: &Lessons, layout: &Layout) -> Self {
        let widest = lessons.all.iter().map(|lesson| padded(lesson.outcomes + 1)).max().unwrap_or(0);
        let transitions = lessons.all.iter().filter(|lesson| matches!(lesson.what, Learnable::Transition(_)));
        let mut learnt = Self {
            transition: vec![0.0; transitions.map(|lesson| lesson.prior.len()).max().unwrap_or(0)],
            knowledge,
            deltas: vec![0.0; lessons.total],
            settled: vec![0.0; lessons.total],
            column: vec![0.0; widest],
            weights: vec![0.0; widest],
        };
        for lesson in &lessons.all {
            (0..lesson.columns()).for_each(|column| learnt.write(lessons, lesson, layout, column));
            learnt.spread(lesson);
        }
        learnt
    }

    /// Makes it the knowledge of an agent in this state, which may be about to begin an episode; only columns that
    /// differ are computed. Returns whether any did.
    pub(in super::super) fn become_that_of(&mut self, lessons: &Lessons, layout: &Layout, state: &State) -> bool {
        if state.begun || state.pending.is_empty() {
            return self.follow(lessons, layout, &state.deltas);
        }
        let mut settled = std::mem::take(&mut self.settled);
        settled.copy_from_slice(&state.deltas);
        lessons.settle(&mut settled, &state.pending);
        let changed = self.follow(lessons, layout, &settled);
        self.settled = settled;
        changed
    }

    /// Makes it the knowledge that follows from these deltas; returns whether it was another.
    pub(in super::super) fn follow(&mut self, lessons: &Lessons, layout: &Layout, deltas: &[f64]) -> bool {
        let mut changed = false;
        for lesson in &lessons.all {
            let all = lesson.start..lesson.start + lesson.prior.len();
            if same_bits(&self.deltas[all.clone()], &deltas[all]) {
                continue;
            }
            for column in 0..lesson.columns() {
                let start = lesson.start + column * lesson.outcomes;
                let place = start..start + lesson.outcomes;
                if !same_bits(&self.deltas[place.clone()], &deltas[place.clone()]) {
                    self.deltas[place.clone()].copy_from_slice(&deltas[place]);
                    self.write(lessons, lesson, layout, column);
                }
            }
            self.spread(lesson);
            changed = true;
        }
        changed
    }

    /// Puts a column of counts wherever the engine looks for it.
    fn write(&mut self, lessons: &Lessons, lesson: &Lesson, layout: &Layout, column: usize) {
        let sum = lesson.sum(&self.deltas, column);
        self.column.fill(0.0);
        for (outcome, p) in self.column[..lesson.outcomes].iter_mut().enumerate() {
            *p = lesson.count(&self.deltas, column, outcome) / sum;
        }
        let values = &self.column[..lesson.outcomes];
        let (row, combination) = (column / lesson.combinations, column % lesson.combinations);
        match lesson.what {
            Learnable::Prior(factor) => {
                self.knowledge.prior[layout.range(factor)][..lesson.outcomes].copy_from_slice(values);
            }
            Learnable::Habits => {
                let habits = self.knowledge.log_habits.iter_mut().flatten();
                habits.zip(values).for_each(|(habit, p)| *habit = ln_floor(*p));
            }
            Learnable::Transition(factor) => {
                let table = &mut self.knowledge.transitions[factor];
                table.row_mut(combination, lesson.rows[row])[..lesson.outcomes].copy_from_slice(values);
                if lessons.novelty {
                    self.weigh(lesson, column, sum);
                    let changes = self.knowledge.terms.changes.iter_mut().find(|change| change.factor == factor);
                    let row = changes.map(|change| change.table.row_mut(combination, lesson.rows[row]));
                    row.into_iter().for_each(|row| row.copy_from_slice(&self.weights[..row.len()]));
                }
            }
            Learnable::Likelihood(modality) => {
                self.knowledge.likelihoods.write(modality, combination, row, &lesson.logs, values);
                self.write_observed(lessons, lesson, modality, column, sum);
            }
        }
    }

    /// A row of a stacked table: probabilities, then the weights of novelty and behind them the column's entropy.
    fn write_observed(&mut self, lessons: &Lessons, lesson: &Lesson, modality: usize, column: usize, sum: f64) {
        let (row, combination) = (column / lesson.combinations, column % lesson.combinations);
        let width = padded(lesson.outcomes);
        let entropy = if lessons.information { Kernels::plain().entropy(&self.column[..width]) } else { 0.0 };
        self.weights.fill(0.0);
        if lessons.novelty {
            self.weigh(lesson, column, sum);
        }
        let row = self.knowledge.terms.observed[modality].table.row_mut(combination, lesson.rows[row]);
        row[..width].copy_from_slice(&self.column[..width]);
        row[width..width + lesson.outcomes].copy_from_slice(&self.weights[..lesson.outcomes]);
        row[width + lesson.outcomes] = entropy;
    }

    /// `ln S − ln a + ψ(a + 1) − ψ(S + 1)` for each count of a column, 0 where nothing can be counted.
    fn weigh(&mut self, lesson: &Lesson, column: usize, sum: f64) {
        let of_sum = ln_floor(sum) - digamma(sum + 1.0);
        self.weights.fill(0.0);
        for (outcome, weight) in self.weights[..lesson.outcomes].iter_mut().enumerate() {
            let count = lesson.count(&self.deltas, column, outcome);
            if count > 0.0 {
                let count = if count > EPS { count } else { EPS };
                *weight = of_sum - ln_floor(count) + digamma(count + 1.0);
            }
        }
    }

    /// From where the goals can be reached, now that a transition is another.
    fn spread(&mut self, lesson: &Lesson) {
        let (Learnable::Transition(factor), Some(reach)) = (lesson.what, &mut self.knowledge.reach) else { return };
        let columns = lesson.columns();
        let values = &mut self.transition[..lesson.prior.len()];
        for column in 0..columns {
            let sum = lesson.sum(&self.deltas, column);
            for outcome in 0..lesson.outcomes {
                values[outcome * columns + column] = lesson.count(&self.deltas, column, outcome) / sum;
            }
        }
        reach.spread(factor, values);
    }
}

fn same_bits(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}
