//! All beliefs of a moment evaluated side by side, as a schedule says.

use super::super::plans::Plans;
use super::super::tables::Slice;
use super::super::terms::Kind;
use super::schedule::{Course, Level, Move, Schedule, Term, Track};
use super::{Program, Sums};
use crate::numerics::{ByState, Columns, ColumnsMut, Kernels, LANES, TOGETHER, Worth, padded};

/// What is believed about one factor at a moment, and before.
#[derive(Clone, Debug)]
struct Field {
    /// `[state][belief]`.
    columns: Vec<f64>,
    before: Vec<f64>,
    stride: usize,
    /// `[belief][state]`, if needed.
    rows: Vec<f64>,
}

impl Field {
    fn new(track: &Track) -> Self {
        let times = 0..track.counts.len();
        let most = track.counts.iter().copied().max().unwrap_or(1);
        let numbers = track.size * times.map(|time| track.stride(time)).max().unwrap_or(0);
        let other = if track.course == Course::Moving { numbers } else { 0 };
        let rows = if track.rows { most * padded(track.size) } else { 0 };
        let mut field =
            Self { columns: vec![0.0; numbers], before: vec![0.0; other], stride: 0, rows: vec![0.0; rows] };
        if track.course == Course::Fixed {
            field.stride = track.stride(track.counts.len() - 1);
            for (belief, action) in track.moves.iter().enumerate() {
                let Move::Constant(column) = action else { continue };
                let places = field.columns.iter_mut().skip(belief).step_by(field.stride);
                places.zip(column).for_each(|(to, p)| *to = *p);
            }
            field.write_rows(track, track.moves.len());
        }
        field
    }

    fn side_by_side(&self) -> Columns<'_> {
        Columns { values: &self.columns, stride: self.stride }
    }

    fn row(&self, track: &Track, belief: usize) -> &[f64] {
        &self.rows[belief * padded(track.size)..][..track.size]
    }

    /// The root.
    fn begin(&mut self, track: &Track, belief: &[f64]) {
        if track.course == Course::Fixed {
            return;
        }
        self.stride = track.stride(0);
        for (row, p) in self.columns.chunks_exact_mut(self.stride).zip(belief).take(track.size) {
            row.fill(0.0);
            row[..1].fill(*p);
        }
        if track.course == Course::Still {
            self.write_rows(track, 1);
        }
    }

    /// From one moment to the next. Blocks of columns are written in their order, each over what the one before it has
    /// left beyond its end.
    fn advance(&mut self, kernels: &Kernels, track: &Track, slices: &[Slice], time: usize) {
        if track.course != Course::Moving {
            return;
        }
        std::mem::swap(&mut self.columns, &mut self.before);
        let from = Columns { values: &self.before, stride: self.stride };
        let (count, stride) = (track.counts[time - 1], track.stride(time));
        for (value, (action, slice)) in track.moves.iter().zip(slices).enumerate() {
            let to = ColumnsMut { values: &mut self.columns[value * count..], stride };
            apply(kernels, action, slice, from, count.div_ceil(LANES), to);
        }
        self.stride = stride;
        self.write_rows(track, track.counts[time]);
    }

    fn write_rows(&mut self, track: &Track, count: usize) {
        if track.rows {
            let width = padded(track.size);
            for (state, row) in self.columns.chunks_exact(self.stride).take(track.size).enumerate() {
                let places = self.rows.iter_mut().skip(state).step_by(width);
                places.zip(&row[..count]).for_each(|(to, p)| *to = *p);
            }
        }
    }
}

/// A table over one factor applied to beliefs side by side.
fn apply(kernels: &Kernels, action: &Move, slice: &Slice, from: Columns<'_>, bundles: usize, to: ColumnsMut<'_>) {
    match action {
        Move::Constant(column) => {
            for (row, p) in to.values.chunks_mut(to.stride).zip(column) {
                row[..bundles * LANES].fill(*p);
            }
        }
        Move::Sparse(table) => kernels.sparse_columns(table, from, bundles, to),
        Move::Dense => kernels.dense_columns(slice.by_state(), from, bundles, to),
    }
}

/// Working memory and results of one term.
#[derive(Clone, Debug)]
struct Account {
    /// Per stage what is left of the table for each combination of the beliefs contracted so far.
    stages: Vec<Vec<f64>>,
    observations: Vec<f64>,
    value: Vec<f64>,
    entropy: Vec<f64>,
    settled: bool,
}

impl Account {
    fn new(program: Program<'_>, schedule: &Schedule, term: &Term) -> Self {
        let slice = slice(program, term);
        let tracks = &schedule.tracks;
        let times = || 1..=schedule.levels.len();
        let most = |stage: usize| times().map(|time| term.combinations(tracks, time, stage)).max().unwrap_or(1);
        let columns = times().map(|time| term.columns(tracks, time)).max().unwrap_or(LANES);
        let results =
            times().map(|time| term.combinations(tracks, time, term.prefix.len()) * term.columns(tracks, time));
        let results = results.max().unwrap_or(LANES);
        let rows = slice.by_state().outcomes.div_ceil(TOGETHER) * TOGETHER;
        Self {
            stages: (1..=term.prefix.len()).map(|stage| vec![0.0; most(stage) * slice.rest(stage)]).collect(),
            observations: vec![0.0; if term.observed { rows * columns } else { 0 }],
            value: vec![0.0; results],
            entropy: vec![0.0; if term.observed { results } else { 0 }],
            settled: false,
        }
    }

    fn numbers(&self) -> usize {
        self.stages.iter().map(Vec::len).sum::<usize>() + self.observations.len() + 2 * self.value.len()
    }

    /// Contracts the table with the factors of the prefix, one belief at a time.
    fn contract(&mut self, program: Program<'_>, tracks: &[Track], fields: &[Field], term: &Term, time: usize) {
        let slice = slice(program, term);
        let mut anew = time == 1;
        for (stage, factor) in term.prefix.iter().enumerate() {
            let track = &tracks[*factor];
            anew |= track.course == Course::Moving;
            if !anew {
                continue;
            }
            let (known, rest) = self.stages.split_at_mut(stage);
            let Some(to) = rest.first_mut() else { return };
            let (length, source) = (slice.rest(stage + 1), slice.rest(stage));
            let mut out = to.chunks_exact_mut(length);
            for combination in 0..term.combinations(tracks, time, stage) {
                for (belief, out) in (0..track.counts[time]).zip(&mut out) {
                    let row = fields[*factor].row(track, belief);
                    match (known.last(), slice.several()) {
                        (Some(known), _) => {
                            program.kernels.contract(row, &known[combination * source..][..source], out);
                        }
                        (None, Some(values)) => program.kernels.contract(row, values, out),
                        (None, None) => slice.apply_single(program.kernels, |_| row, out),
                    }
                }
            }
        }
    }

    fn evaluate(&mut self, program: Program<'_>, tracks: &[Track], fields: &[Field], term: &Term, time: usize) {
        self.contract(program, tracks, fields, term, time);
        let slice = slice(program, term);
        let columns = term.columns(tracks, time);
        let bundles = columns / LANES;
        let combinations = term.combinations(tracks, time, term.prefix.len());
        let length = slice.rest(term.prefix.len());
        for combination in 0..combinations {
            let left = self.stages.last().map(|stage| &stage[combination * length..][..length]);
            let place = combination * columns;
            let value = &mut self.value[place..place + columns];
            let Some(factor) = term.last else {
                settle_alone(program, term, slice, value, &mut self.entropy);
                continue;
            };
            let beliefs = fields[factor].side_by_side();
            if !term.observed {
                let row = left.unwrap_or(slice.by_state().values).get(..tracks[factor].size).unwrap_or_default();
                program.kernels.worth_of_columns(beliefs, bundles, Worth { row, entropy: None, dot: value });
                continue;
            }
            let to = ColumnsMut { values: &mut self.observations, stride: columns };
            match (left, &term.alone) {
                (Some(left), _) => {
                    let table = ByState { values: left, ..slice.by_state() };
                    program.kernels.dense_columns(table, beliefs, bundles, to);
                }
                (None, Some(action)) if !term.identity => {
                    apply(program.kernels, action, slice, beliefs, bundles, to);
                }
                _ => {}
            }
            let seen = Columns { values: &self.observations, stride: columns };
            let seen = if term.identity { beliefs } else { seen };
            let entropy = Some(&mut self.entropy[place..place + columns]).filter(|_| program.information);
            let observed = &program.terms.observed[term.index];
            // There may be outcomes that no state leads to.
            let shown = if term.identity { tracks[factor].size } else { observed.outcomes };
            let row = &observed.preference[..shown.min(observed.outcomes)];
            program.kernels.worth_of_columns(seen, bundles, Worth { row, entropy, dot: value });
        }
    }
}

/// A term that depends on no states.
fn settle_alone(program: Program<'_>, term: &Term, slice: &Slice, value: &mut [f64], entropy: &mut [f64]) {
    if !term.observed {
        value.fill(slice.by_state().values.first().copied().unwrap_or_default());
        return;
    }
    let observed = &program.terms.observed[term.index];
    let (e, utility) = program.kernels.entropy_and_dot(slice.by_state().values, &observed.preference);
    value.fill(utility);
    if program.information {
        entropy.fill(e);
    }
}

fn slice<'a>(program: Program<'a>, term: &Term) -> &'a Slice {
    let terms = program.terms;
    let table = if term.observed { &terms.observed[term.index].table } else { &terms.scalars[term.index].table };
    &table.slices[0]
}

/// Working memory and result.
#[derive(Clone, Debug)]
pub(in super::super) struct Sweep {
    fields: Vec<Field>,
    accounts: Vec<Account>,
    /// Per node.
    utility: Vec<f64>,
    entropy: Vec<f64>,
    ambiguity: Vec<f64>,
    value: Vec<f64>,
    /// Per position.
    pub(super) neg_efe_of: Vec<f64>,
}

impl Sweep {
    pub(super) fn new(program: Program<'_>, schedule: &Schedule) -> Self {
        let nodes = || vec![0.0; schedule.nodes];
        Self {
            fields: schedule.tracks.iter().map(Field::new).collect(),
            accounts: schedule.terms.iter().map(|term| Account::new(program, schedule, term)).collect(),
            utility: nodes(),
            entropy: nodes(),
            ambiguity: nodes(),
            value: nodes(),
            neg_efe_of: vec![0.0; program.plans.positions.len()],
        }
    }

    pub(super) fn numbers(&self) -> usize {
        let fields = self.fields.iter().map(|field| field.columns.len() + field.before.len() + field.rows.len());
        let accounts = self.accounts.iter().map(Account::numbers);
        fields.chain(accounts).sum::<usize>() + 4 * self.value.len() + self.neg_efe_of.len()
    }

    pub(super) fn evaluate(&mut self, program: Program<'_>, schedule: &Schedule, belief: &[f64]) {
        for (factor, (field, track)) in self.fields.iter_mut().zip(&schedule.tracks).enumerate() {
            field.begin(track, &belief[program.layout.range(factor)]);
        }
        let mut weight = 1.0;
        for (index, level) in schedule.levels.iter().enumerate() {
            let time = index + 1;
            if level.fresh {
                for (factor, (field, track)) in self.fields.iter_mut().zip(&schedule.tracks).enumerate() {
                    field.advance(program.kernels, track, &program.transitions[factor].slices, time);
                }
                for (account, term) in self.accounts.iter_mut().zip(&schedule.terms) {
                    if term.fresh[index] && !account.settled {
                        account.evaluate(program, &schedule.tracks, &self.fields, term, time);
                        account.settled = term.constant;
                    }
                }
                self.add_up(schedule, level, index);
            }
            self.place(program.plans, level, time, weight);
            weight *= program.discount;
        }
    }

    /// The sums of every node of a moment.
    fn add_up(&mut self, schedule: &Schedule, level: &Level, index: usize) {
        let nodes = level.first..level.first + level.count;
        for sums in [&mut self.utility, &mut self.entropy, &mut self.ambiguity] {
            sums[nodes.clone()].fill(0.0);
        }
        for (account, term) in self.accounts.iter().zip(&schedule.terms) {
            let places = &term.places[index];
            let sums = if term.kind == Kind::Utility { &mut self.utility } else { &mut self.ambiguity };
            gather(&mut sums[nodes.clone()], &account.value, places);
            if term.observed {
                gather(&mut self.entropy[nodes.clone()], &account.entropy, places);
            }
        }
        for node in nodes {
            self.value[node] = self.sums_of(node).value();
        }
    }

    fn sums_of(&self, node: usize) -> Sums {
        Sums {
            utility: self.utility[node],
            entropy: self.entropy[node],
            ambiguity: self.ambiguity[node],
            ..Sums::default()
        }
    }

    /// What every position of a moment is worth.
    fn place(&mut self, plans: &Plans, level: &Level, time: usize, weight: f64) {
        let (before, these) = self.neg_efe_of.split_at_mut(plans.levels[time]);
        let parents = &before[plans.levels[time - 1]..];
        let n = plans.n_actions();
        let values = &self.value[level.first..level.first + level.count];
        let children = these.chunks_exact_mut(n).zip(level.node_of.chunks_exact(n));
        for ((children, nodes), parent) in children.zip(parents) {
            for (to, node) in children.iter_mut().zip(nodes) {
                *to = parent + weight * values[*node as usize];
            }
        }
    }

    /// The sums of the last step of a position.
    pub(super) fn sums(&self, schedule: &Schedule, plans: &Plans, position: usize) -> Sums {
        let time = plans.levels.partition_point(|first| *first <= position) - 1;
        let Some(level) = time.checked_sub(1).and_then(|index| schedule.levels.get(index)) else {
            return Sums::default();
        };
        self.sums_of(level.first + level.node_of[position - plans.levels[time]] as usize)
    }
}

fn gather(sums: &mut [f64], values: &[f64], places: &[u32]) {
    for (sum, place) in sums.iter_mut().zip(places) {
        *sum += values[*place as usize];
    }
}
