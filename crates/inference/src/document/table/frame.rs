//! A table that is being filled: its axes as the document orders them, its entries as the model does.

use crate::document::context::Context;
use crate::document::names::Axis;
use crate::document::tree::Place;
use crate::model::Table;

use super::Dependency;

/// A table over an outcome (none for values that are no distributions) and dependencies.
#[derive(Debug)]
pub(in super::super) struct Frame<'n> {
    /// What the table is, such as "likelihood of `sound`".
    pub(in super::super) subject: String,
    pub(in super::super) outcome: Option<&'n Axis>,
    pub(in super::super) dependencies: Vec<Dependency<'n>>,
    /// Distance between neighbours in `values`, for the outcome and for each dependency.
    outcome_stride: usize,
    strides: Vec<usize>,
    /// Row-major over `[outcome][factors…][controls…]`; `None` when some size is not known or too large.
    values: Option<Vec<f64>>,
}

/// The part of a table that is being read: for each dependency, which of its labels.
#[derive(Clone, Debug)]
pub(in super::super) struct Region {
    pub(in super::super) picks: Vec<Pick>,
    /// The same for people, such as `pump=worn`.
    pub(in super::super) path: Vec<String>,
}

/// Which labels of a dependency a part of a table is about.
#[derive(Clone, Debug)]
pub(in super::super) enum Pick {
    /// All: an axis of the part.
    Open,
    /// These, which share one entry.
    At(Vec<usize>),
}

impl<'n> Frame<'n> {
    /// An empty table; `place` is where a problem with its size is reported.
    pub(in super::super) fn new(
        cx: &Context<'_>,
        place: Place<'_>,
        subject: String,
        outcome: Option<&'n Axis>,
        dependencies: Vec<Dependency<'n>>,
    ) -> Self {
        let outcome_size = outcome.map_or(Some(1), Axis::size);
        let sizes: Option<Vec<usize>> = dependencies.iter().map(Dependency::size).collect();
        let sizes = sizes.and_then(|sizes| Some((outcome_size?, sizes)));
        let mut frame = Self { subject, outcome, dependencies, outcome_stride: 0, strides: Vec::new(), values: None };
        if let Some((outcome_size, sizes)) = sizes {
            let all: Vec<usize> = outcome.map(|_| outcome_size).into_iter().chain(sizes.iter().copied()).collect();
            if let Some(size) = cx.claim(place, &frame.subject, &all) {
                frame.strides = strides(&frame.dependencies, &sizes);
                frame.outcome_stride = size / outcome_size.max(1);
                frame.values = Some(vec![0.0; size]);
            }
        }
        frame
    }

    pub(in super::super) fn whole(&self) -> Region {
        Region { picks: vec![Pick::Open; self.dependencies.len()], path: Vec::new() }
    }

    /// The dependencies of which a region holds all labels.
    pub(super) fn open(&self, region: &Region) -> Vec<usize> {
        (0..self.dependencies.len()).filter(|&i| matches!(region.picks.get(i), Some(Pick::Open))).collect()
    }

    /// The dependencies that are controls.
    pub(super) fn controls(&self) -> Vec<usize> {
        let is_control = |&i: &usize| self.dependencies.get(i).is_some_and(|dependency| dependency.is_control);
        (0..self.dependencies.len()).filter(is_control).collect()
    }

    /// Which labels of each dependency a region holds.
    fn picked(&self, region: &Region) -> Vec<Vec<usize>> {
        let picked = |(dependency, pick): (&Dependency<'_>, &Pick)| match pick {
            Pick::Open => (0..dependency.size().unwrap_or(0)).collect(),
            Pick::At(indices) => indices.clone(),
        };
        self.dependencies.iter().zip(&region.picks).map(picked).collect()
    }

    /// Gives every column of a region its values: `column(indices of the dependencies' labels, outcome, old value)`.
    pub(in super::super) fn fill(&mut self, region: &Region, column: impl Fn(&[usize], usize, f64) -> f64) {
        let picked = self.picked(region);
        let n = self.outcome.map_or(Some(1), Axis::size).unwrap_or(0);
        let Some(values) = &mut self.values else { return };
        let mut digits = vec![0; picked.len()];
        let mut index = vec![0; picked.len()];
        while look_up(&picked, &digits, &mut index) {
            let offset: usize = index.iter().zip(&self.strides).map(|(i, stride)| i * stride).sum();
            for outcome in 0..n {
                if let Some(value) = values.get_mut(offset + outcome * self.outcome_stride) {
                    *value = column(&index, outcome, *value);
                }
            }
            if !advance(&picked, &mut digits) {
                break;
            }
        }
    }

    /// The finished table; `None` when something it depends on is wrong.
    pub(in super::super) fn finish(self) -> Option<Table> {
        let indices = |control: bool| {
            let these = self.dependencies.iter().filter(move |dependency| dependency.is_control == control);
            these.map(|dependency| Some(dependency.axis?.index)).collect::<Option<Vec<usize>>>()
        };
        Some(Table { factors: indices(false)?, controls: indices(true)?, values: self.values? })
    }
}

/// The model orders factors before controls, each in the document's order; the last is the fastest.
fn strides(dependencies: &[Dependency<'_>], sizes: &[usize]) -> Vec<usize> {
    let mut strides = vec![0; sizes.len()];
    let mut stride = 1;
    for is_control in [true, false] {
        for ((dependency, size), slot) in dependencies.iter().zip(sizes).zip(&mut strides).rev() {
            if dependency.is_control == is_control {
                *slot = stride;
                stride *= size;
            }
        }
    }
    strides
}

/// The indices at these digits; false when there are none.
fn look_up(picked: &[Vec<usize>], digits: &[usize], index: &mut [usize]) -> bool {
    picked.iter().zip(digits).zip(index).all(|((indices, &digit), slot)| match indices.get(digit) {
        Some(&i) => {
            *slot = i;
            true
        }
        None => false,
    })
}

/// Counts to the next combination; false behind the last.
fn advance(picked: &[Vec<usize>], digits: &mut [usize]) -> bool {
    for (indices, digit) in picked.iter().zip(digits).rev() {
        *digit += 1;
        if *digit < indices.len() {
            return true;
        }
        *digit = 0;
    }
    false
}
