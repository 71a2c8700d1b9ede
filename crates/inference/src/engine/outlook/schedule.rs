//! Which beliefs there will be, known before any is: for plans that are all sequences of actions, over factors that move by
//! themselves.
//!
//! What is believed about such a factor after some actions is decided by the values that its own controls had. All of a
//! moment are numbered: `value of the last action × beliefs of the moment before + number of the belief before`. A node is one
//! belief per factor, the last factor fastest.

use super::super::beliefs::Layout;
use super::super::plans::Plans;
use super::super::tables::{Compiled, Form, Slice};
use super::super::terms::{Kind, Terms};
use super::super::{Options, Policies};
use crate::numerics::{ByOutcome, LANES, padded};

/// Positions and numbers of working memory up to which there is a schedule.
const MOST_POSITIONS: usize = 1 << 16;
const MOST_NUMBERS: usize = 1 << 20;

/// How what is believed about a factor goes on from moment to moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// It stays as it is.
    Still,
    /// It is what the last action makes it, whatever it was.
    Fixed,
    /// It depends on all actions since the root.
    Moving,
}

/// What one value of its controls does to a factor.
#[derive(Clone, Debug)]
pub(super) enum Move {
    Constant(Vec<f64>),
    Sparse(ByOutcome),
    /// The slice itself has the numbers.
    Dense,
}

/// A factor through all moments.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) course: Course,
    pub(super) size: usize,
    pub(super) moves: Vec<Move>,
    /// How many beliefs there are at each moment; the first is the root.
    pub(super) counts: Vec<usize>,
    /// Whether beliefs are needed one by one as well.
    pub(super) rows: bool,
}

impl Track {
    /// From one row of columns to the next. A block of columns may run over its end, into what comes next.
    pub(super) fn stride(&self, time: usize) -> usize {
        padded(self.counts[time]) + LANES
    }
}

/// What is computed of every node: a modality or a scalar term.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) kind: Kind,
    pub(super) observed: bool,
    /// Its place among the observed modalities or the scalar terms.
    pub(super) index: usize,
    /// The factors that are contracted one belief at a time, and the one whose beliefs stand side by side.
    pub(super) prefix: Vec<usize>,
    pub(super) last: Option<usize>,
    /// How the table applies to beliefs side by side, if it depends on the last factor alone.
    pub(super) alone: Option<Move>,
    pub(super) identity: bool,
    /// Per moment, the first being the one after the root: whether anything it depends on is new.
    pub(super) fresh: Vec<bool>,
    /// Whether it is the same in every step.
    pub(super) constant: bool,
    /// Per moment and node where its results stand.
    pub(super) places: Vec<Vec<u32>>,
}

/// The nodes of one moment.
#[derive(Clone, Debug)]
pub(super) struct Level {
    /// Whether they are others than those of the moment before.
    pub(super) fresh: bool,
    pub(super) first: usize,
    pub(super) count: usize,
    /// The node of each position, counted from the first of this moment.
    pub(super) node_of: Vec<u32>,
}

#[derive(Clone, Debug)]
pub(in super::super) struct Schedule {
    pub(super) tracks: Vec<Track>,
    pub(super) terms: Vec<Term>,
    pub(super) levels: Vec<Level>,
    pub(super) nodes: usize,
}

impl Schedule {
    /// The schedule of these plans, if there is one and it is worth following.
    pub(in super::super) fn new(
        options: &Options,
        layout: &Layout,
        plans: &Plans,
        transitions: &[Compiled],
        terms: &Terms,
    ) -> Option<Self> {
        let Policies::All { length } = options.policies else { return None };
        if plans.positions.len() > MOST_POSITIONS || options.goal.is_some() || !terms.changes.is_empty() {
            return None;
        }
        let tracks = transitions.iter().enumerate();
        let mut tracks: Vec<Track> =
            tracks.map(|(f, table)| track(table, f, layout.sizes[f], length)).collect::<Option<_>>()?;
        let mut schedule_terms = scheduled(terms)?;
        for term in &mut schedule_terms {
            term.prefix.iter().for_each(|factor| tracks[*factor].rows = true);
            let mut factors = term.prefix.iter().chain(&term.last).map(|factor| tracks[*factor].course);
            term.constant = factors.clone().all(|course| course == Course::Fixed);
            let moving = factors.any(|course| course == Course::Moving);
            term.fresh = (0..length).map(|time| time == 0 || moving).collect();
        }
        let mut schedule = Self { tracks, terms: schedule_terms, levels: Vec::new(), nodes: 0 };
        schedule.lay_out(plans, transitions, length).then_some(schedule)
    }

    /// Numbers the nodes of every moment; `false` if there would be many more than positions, or too much to keep.
    fn lay_out(&mut self, plans: &Plans, transitions: &[Compiled], length: usize) -> bool {
        let mut before: Vec<Vec<usize>> = vec![vec![0]; self.tracks.len()];
        for time in 1..=length {
            let counts: Vec<usize> = self.tracks.iter().map(|track| track.counts[time]).collect();
            let positions = plans.levels[time + 1] - plans.levels[time];
            let count = counts.iter().fold(1_usize, |product, count| product.saturating_mul(*count));
            if count > 2 * positions || self.numbers(time) > MOST_NUMBERS {
                return false;
            }
            let numbers = self.numbers_of_beliefs(plans, transitions, time, &before);
            let node = |position: usize| {
                let digits = numbers.iter().zip(&counts);
                digits.fold(0, |node, (numbers, count)| node * count + numbers[position]) as u32
            };
            let node_of = (0..positions).map(node).collect();
            let fresh = time == 1 || self.tracks.iter().any(|track| track.course == Course::Moving);
            let first = if fresh { self.nodes } else { self.levels.last().map_or(0, |level| level.first) };
            if fresh {
                self.nodes += count;
                self.terms.iter_mut().for_each(|term| term.places.push(places(term, &self.tracks, time, count)));
            }
            self.levels.push(Level { fresh, first, count, node_of });
            before = numbers;
        }
        true
    }

    /// Per factor the number of what is believed about it at each position of a moment.
    fn numbers_of_beliefs(
        &self,
        plans: &Plans,
        transitions: &[Compiled],
        time: usize,
        before: &[Vec<usize>],
    ) -> Vec<Vec<usize>> {
        let positions = plans.levels[time]..plans.levels[time + 1];
        let number = |factor: usize, position: usize| {
            let track = &self.tracks[factor];
            let position = plans.positions[position];
            let value = transitions[factor].combination(plans.action(position.action as usize));
            match track.course {
                Course::Still => 0,
                Course::Fixed => value,
                Course::Moving => {
                    let parent = position.parent as usize - plans.levels[time - 1];
                    value * track.counts[time - 1] + before[factor][parent]
                }
            }
        };
        (0..self.tracks.len())
            .map(|factor| positions.clone().map(|position| number(factor, position)).collect())
            .collect()
    }

    /// About how many numbers the results of a moment take.
    fn numbers(&self, time: usize) -> usize {
        let beliefs = self.tracks.iter().map(|track| track.size.saturating_mul(track.stride(time)));
        let terms = self.terms.iter().map(|term| {
            let factors = term.prefix.iter().chain(&term.last).map(|factor| &self.tracks[*factor]);
            factors.fold(LANES, |numbers, track| numbers.saturating_mul(track.counts[time].max(track.size)))
        });
        beliefs.chain(terms).fold(0, usize::saturating_add)
    }
}

/// How a factor moves, if it does so by itself and not for certain: where it is certain, a walk finds equals.
fn track(table: &Compiled, factor: usize, size: usize, length: usize) -> Option<Track> {
    let alone = |slice: &Slice| slice.dependencies.iter().all(|d| d.factor == factor);
    if !table.slices.iter().all(|slice| slice.dependencies.len() < 2 && alone(slice)) {
        return None;
    }
    let n = table.slices.len();
    let course = if table.slices.iter().all(|slice| slice.dependencies.is_empty()) {
        Course::Fixed
    } else if n == 1 && table.slices.iter().all(|slice| slice.is_identity()) {
        Course::Still
    } else if table.slices.iter().all(|slice| matches!(slice.form, Form::Certain(_))) {
        return None;
    } else {
        Course::Moving
    };
    let mut counts = vec![1_usize];
    for time in 1..=length {
        counts.push(match course {
            Course::Still => 1,
            Course::Fixed => n,
            Course::Moving => counts[time - 1].checked_mul(n)?,
        });
    }
    Some(Track { course, size, moves: table.slices.iter().map(in_columns).collect(), counts, rows: false })
}

/// A slice over at most one factor, as it applies to beliefs side by side.
fn in_columns(slice: &Slice) -> Move {
    let by_outcome = |base: f64, entries: &mut dyn Iterator<Item = (u32, u32, f64)>| {
        let mut all = vec![(Vec::new(), Vec::new()); slice.by_state().outcomes];
        for (state, outcome, value) in entries {
            let (states, values) = &mut all[outcome as usize];
            states.push(state);
            values.push(value);
        }
        let mut table = ByOutcome { base, starts: vec![0], states: Vec::new(), values: Vec::new() };
        for (states, values) in all {
            table.states.extend(states);
            table.values.extend::<Vec<f64>>(values);
            table.starts.push(table.values.len() as u32);
        }
        Move::Sparse(table)
    };
    match &slice.form {
        Form::Constant(column) => Move::Constant(column[..slice.by_state().outcomes].to_vec()),
        Form::Dense(_) => Move::Dense,
        Form::Certain(to) => {
            let entries = to.iter().enumerate();
            by_outcome(0.0, &mut entries.map(|(state, outcome)| (state as u32, *outcome, 1.0)))
        }
        Form::Sparse { base, starts, outcomes, values } => {
            let column = |(state, bounds): (usize, &[u32])| (state as u32, bounds[0] as usize..bounds[1] as usize);
            let columns = starts.windows(2).enumerate().map(column);
            let mut entries = columns.flat_map(|(state, place)| place.map(move |at| (state, outcomes[at], values[at])));
            by_outcome(*base, &mut entries)
        }
    }
}

/// The terms that depend on the states after the action alone, if all do.
fn scheduled(terms: &Terms) -> Option<Vec<Term>> {
    let mut scheduled = Vec::new();
    for (index, observed) in terms.observed.iter().enumerate() {
        let [slice] = observed.table.slices.as_slice() else { return None };
        if observed.learnt || !observed.timed.is_empty() {
            return None;
        }
        let mut prefix: Vec<usize> = slice.dependencies.iter().map(|d| d.factor).collect();
        let last = prefix.pop();
        let alone = prefix.is_empty().then(|| in_columns(slice));
        let identity = slice.is_identity();
        scheduled.push(Term::new(Kind::Utility, true, index, prefix, last, alone, identity));
    }
    for (index, scalar) in terms.scalars.iter().enumerate() {
        let [slice] = scalar.table.slices.as_slice() else { return None };
        if scalar.needs_action() {
            return None;
        }
        let prefix = slice.dependencies.iter().map(|d| d.factor).collect();
        scheduled.push(Term::new(scalar.kind, false, index, prefix, scalar.last, None, false));
    }
    Some(scheduled)
}

impl Term {
    fn new(
        kind: Kind,
        observed: bool,
        index: usize,
        prefix: Vec<usize>,
        last: Option<usize>,
        alone: Option<Move>,
        identity: bool,
    ) -> Self {
        let (fresh, places) = (Vec::new(), Vec::new());
        Self { kind, observed, index, prefix, last, alone, identity, fresh, constant: false, places }
    }

    /// How many combinations of beliefs are contracted one by one, up to a stage.
    pub(super) fn combinations(&self, tracks: &[Track], time: usize, stage: usize) -> usize {
        self.prefix[..stage].iter().map(|factor| tracks[*factor].counts[time]).product()
    }

    /// Room for the results of one combination.
    pub(super) fn columns(&self, tracks: &[Track], time: usize) -> usize {
        self.last.map_or(LANES, |factor| padded(tracks[factor].counts[time]))
    }
}

/// Where the results of a term stand for every node of a moment.
fn places(term: &Term, tracks: &[Track], time: usize, nodes: usize) -> Vec<u32> {
    let mut strides = vec![1; tracks.len()];
    for factor in (1..tracks.len()).rev() {
        strides[factor - 1] = strides[factor] * tracks[factor].counts[time];
    }
    let number = |node: usize, factor: usize| node / strides[factor] % tracks[factor].counts[time];
    let place = |node: usize| {
        let combination =
            term.prefix.iter().fold(0, |sum, factor| sum * tracks[*factor].counts[time] + number(node, *factor));
        (combination * term.columns(tracks, time) + term.last.map_or(0, |factor| number(node, factor))) as u32
    };
    (0..nodes).map(place).collect()
}
