//! Tables compiled for contraction with beliefs: what does not matter is dropped, what is sparse stays sparse.

use crate::model::Table;
use crate::numerics::{ByState, Kernels, padded};

/// A factor that a slice depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dependency {
    pub(super) factor: usize,
    pub(super) size: usize,
}

/// How a slice is stored.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// One column, whatever the states.
    Constant(Vec<f64>),
    /// One factor, and each of its states leads to one outcome for certain.
    Certain(Vec<u32>),
    /// One factor; most entries are `base` (often 0, or the floor that noise leaves). Per state what the others are more
    /// than that: `starts[state]..starts[state + 1]`.
    Sparse { base: f64, starts: Vec<u32>, outcomes: Vec<u32>, values: Vec<f64> },
    /// `[dependencies…][padded outcome]`, contracted from the first dependency on.
    Dense(Vec<f64>),
}

/// A table for one combination of its controls: outcomes given states.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    pub(super) dependencies: Vec<Dependency>,
    pub(super) form: Form,
    outcomes: usize,
    width: usize,
    identity: bool,
}

impl Slice {
    fn new(dependencies: Vec<Dependency>, form: Form, outcomes: usize) -> Self {
        let width = padded(outcomes);
        let identity = matches!(&form, Form::Certain(to) if to.iter().enumerate().all(|(from, to)| from == *to as usize))
            && dependencies.first().is_some_and(|d| padded(d.size) == width);
        Self { dependencies, form, outcomes, width, identity }
    }

    /// Whether the outcome distribution is the belief itself, bit for bit.
    pub(super) fn is_identity(&self) -> bool {
        self.identity
    }

    /// Where a state leads, if each leads somewhere for certain.
    pub(super) fn leads(&self, state: u32) -> Option<u32> {
        match &self.form {
            Form::Certain(to) => to.get(state as usize).copied(),
            _ => None,
        }
    }

    /// Length of an outcome row, padded.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Numbers of scratch space that [`apply`](Self::apply) needs.
    pub(super) fn scratch(&self) -> usize {
        if self.dependencies.len() > 1 { 2 * self.rest(1) } else { 0 }
    }

    /// Length of what is left when the first `contracted` dependencies are gone.
    pub(super) fn rest(&self, contracted: usize) -> usize {
        self.dependencies.iter().skip(contracted).map(|d| d.size).product::<usize>() * self.width
    }

    /// The table `[dependencies…][padded outcome]`, if it depends on several factors.
    pub(super) fn several(&self) -> Option<&[f64]> {
        match &self.form {
            Form::Dense(values) if self.dependencies.len() > 1 => Some(values),
            _ => None,
        }
    }

    /// The whole table, if it is stored as such.
    pub(super) fn by_state(&self) -> ByState<'_> {
        let values = match &self.form {
            Form::Dense(values) | Form::Constant(values) => values.as_slice(),
            Form::Certain(_) | Form::Sparse { .. } => &[],
        };
        ByState { values, width: self.width, outcomes: self.outcomes }
    }

    /// A row of the outcomes of one combination of states, of a table made by [`Compiled::blank`].
    fn row_mut(&mut self, row: usize) -> &mut [f64] {
        match &mut self.form {
            Form::Dense(values) | Form::Constant(values) => &mut values[row * self.width..(row + 1) * self.width],
            Form::Certain(_) | Form::Sparse { .. } => &mut [],
        }
    }

    /// `out = Σ table · Π beliefs`, one dependency at a time, each sum in the order of its states.
    pub(super) fn apply<'b>(
        &self,
        kernels: &Kernels,
        belief: impl Fn(usize) -> &'b [f64],
        scratch: &mut [f64],
        out: &mut [f64],
    ) {
        let ([first, middle @ .., last], Some(values)) = (self.dependencies.as_slice(), self.several()) else {
            return self.apply_single(kernels, belief, out);
        };
        let weights = |d: &Dependency| &belief(d.factor)[..d.size];
        let mut length = self.rest(1);
        let (mut from, mut to) = scratch.split_at_mut(length);
        kernels.contract(weights(first), values, &mut from[..length]);
        for dependency in middle {
            let next = length / dependency.size;
            kernels.contract(weights(dependency), &from[..length], &mut to[..next]);
            (from, to, length) = (to, from, next);
        }
        kernels.contract(weights(last), &from[..length], out);
    }

    /// [`apply`](Self::apply) for a slice that depends on at most one factor.
    pub(super) fn apply_single<'b>(&self, kernels: &Kernels, belief: impl Fn(usize) -> &'b [f64], out: &mut [f64]) {
        let belief = || self.dependencies.first().map_or(&[][..], |d| &belief(d.factor)[..d.size]);
        match &self.form {
            Form::Constant(column) => out.copy_from_slice(column),
            Form::Certain(to) => {
                out.fill(0.0);
                to.iter().zip(belief()).for_each(|(to, p)| out[*to as usize] += p);
            }
            Form::Sparse { base, starts, outcomes, values } => {
                // Beliefs sum to 1, so what all entries share is there whatever the state.
                out[..self.outcomes].fill(*base);
                out[self.outcomes..].fill(0.0);
                for (bounds, p) in starts.windows(2).zip(belief()) {
                    let column = bounds[0] as usize..bounds[1] as usize;
                    let entries = outcomes[column.clone()].iter().zip(&values[column]);
                    entries.for_each(|(outcome, value)| out[*outcome as usize] += p * value);
                }
            }
            Form::Dense(values) => kernels.contract(belief(), values, out),
        }
    }
}

/// A table compiled for every combination of the controls that matter.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    /// Controls that matter, with the stride of each in `slices`.
    controls: Vec<(usize, usize)>,
    pub(super) slices: Vec<Slice>,
}

impl Compiled {
    /// Compiles `table` with `outcomes` rows. `order` ranks the factors: those whose belief varies least between
    /// policies are contracted first, so that most of the work is shared.
    pub(super) fn new(table: &Table, outcomes: usize, sizes: &Sizes<'_>, order: &[usize]) -> Self {
        let dense = Axes::new(table, outcomes, sizes).without_idle_controls();
        let mut controls = Vec::new();
        let mut stride = 1;
        for (control, size) in dense.controls.iter().rev() {
            controls.push((*control, stride));
            stride *= size;
        }
        let slices = (0..stride).map(|combination| dense.slice(combination, stride, order)).collect();
        Self { controls, slices }
    }

    /// A table of zeros whose rows can be written: nothing is dropped, nothing is sparse.
    pub(super) fn blank(table: &Table, outcomes: usize, sizes: &Sizes<'_>, order: &[usize]) -> Self {
        let axes = |indices: &[usize], sizes: &[usize]| indices.iter().map(|i| (*i, sizes[*i])).collect::<Vec<_>>();
        let controls = axes(&table.controls, sizes.controls);
        let strides = strides(&controls);
        let mut factors = axes(&table.factors, sizes.factors);
        factors.sort_by_key(|(factor, _)| order[*factor]);
        let width = padded(outcomes);
        let values = vec![0.0; width * factors.iter().map(|(_, size)| size).product::<usize>()];
        let form = if factors.is_empty() { Form::Constant(values) } else { Form::Dense(values) };
        let dependencies = factors.iter().map(|(factor, size)| Dependency { factor: *factor, size: *size }).collect();
        let slice = Slice::new(dependencies, form, outcomes);
        let combinations = controls.iter().map(|(_, size)| size).product();
        let controls = controls.iter().zip(strides).map(|((control, _), stride)| (*control, stride)).collect();
        Self { controls, slices: vec![slice; combinations] }
    }

    /// For each combination of states, in the order of `table`, its row in a table made by [`blank`](Self::blank).
    pub(super) fn rows(table: &Table, sizes: &Sizes<'_>, order: &[usize]) -> Vec<usize> {
        let factors: Vec<_> = table.factors.iter().map(|factor| (*factor, sizes.factors[*factor])).collect();
        let own = strides(&factors);
        let mut ranked: Vec<usize> = (0..factors.len()).collect();
        ranked.sort_by_key(|axis| order[factors[*axis].0]);
        let columns = factors.iter().map(|(_, size)| size).product();
        let state = |column: usize, axis: usize| column / own[axis] % factors[axis].1;
        let row = |column| ranked.iter().fold(0, |row, axis| row * factors[*axis].1 + state(column, *axis));
        (0..columns).map(row).collect()
    }

    /// A row of a table made by [`blank`](Self::blank).
    pub(super) fn row_mut(&mut self, combination: usize, row: usize) -> &mut [f64] {
        self.slices[combination].row_mut(row)
    }

    /// Which slice an action selects.
    pub(super) fn combination(&self, action: &[usize]) -> usize {
        self.controls.iter().map(|(control, stride)| action[*control] * stride).sum()
    }

    pub(super) fn depends_on_action(&self) -> bool {
        !self.controls.is_empty()
    }
}

/// Sizes of all factors and controls.
pub(super) struct Sizes<'a> {
    pub(super) factors: &'a [usize],
    pub(super) controls: &'a [usize],
}

/// A dense table with its axes: `[outcome][factors…][controls…]`, each axis as (index, size).
#[derive(Clone, Debug)]
pub(super) struct Axes {
    pub(super) outcomes: usize,
    pub(super) factors: Vec<(usize, usize)>,
    pub(super) controls: Vec<(usize, usize)>,
    pub(super) values: Vec<f64>,
}

impl Axes {
    pub(super) fn new(table: &Table, outcomes: usize, sizes: &Sizes<'_>) -> Self {
        Self {
            outcomes,
            factors: table.factors.iter().map(|factor| (*factor, sizes.factors[*factor])).collect(),
            controls: table.controls.iter().map(|control| (*control, sizes.controls[*control])).collect(),
            values: table.values.clone(),
        }
    }

    /// Drops the controls along which no entry changes.
    fn without_idle_controls(mut self) -> Self {
        for axis in (0..self.controls.len()).rev() {
            let inner: usize = self.controls[axis + 1..].iter().map(|(_, size)| size).product();
            if let Some(values) = without_axis(&self.values, self.controls[axis].1, inner) {
                self.values = values;
                self.controls.remove(axis);
            }
        }
        self
    }

    /// Drops the factors along which no entry changes.
    pub(super) fn without_idle_factors(mut self) -> Self {
        for axis in (0..self.factors.len()).rev() {
            let inner: usize = self.factors[axis + 1..].iter().chain(&self.controls).map(|(_, size)| size).product();
            if let Some(values) = without_axis(&self.values, self.factors[axis].1, inner) {
                self.values = values;
                self.factors.remove(axis);
            }
        }
        self
    }

    /// The table for one combination of its controls, in its own form.
    fn slice(&self, combination: usize, combinations: usize, order: &[usize]) -> Slice {
        let fixed = Self {
            outcomes: self.outcomes,
            factors: self.factors.clone(),
            controls: Vec::new(),
            values: self.values.iter().skip(combination).step_by(combinations).copied().collect(),
        };
        fixed.without_idle_factors().into_slice(order)
    }

    fn into_slice(self, order: &[usize]) -> Slice {
        let width = padded(self.outcomes);
        let ranked = self.ranked(order);
        let columns = ranked.columns();
        let dependencies = ranked.factors.iter().map(|(factor, size)| Dependency { factor: *factor, size: *size });
        let form = if ranked.factors.is_empty() {
            Form::Constant(ranked.laid_out(width))
        } else if ranked.factors.len() == 1 {
            ranked.single_form(columns, width)
        } else {
            Form::Dense(ranked.laid_out(width))
        };
        Slice::new(dependencies.collect(), form, ranked.outcomes)
    }

    fn columns(&self) -> usize {
        self.values.len() / self.outcomes
    }

    fn single_form(&self, columns: usize, width: usize) -> Form {
        let column = |column: usize| self.values.iter().skip(column).step_by(columns).copied().enumerate();
        let certain: Option<Vec<u32>> =
            (0..columns).map(|c| column(c).find(|(_, p)| *p == 1.0).map(|(outcome, _)| outcome as u32)).collect();
        let filled = self.values.iter().filter(|p| **p != 0.0).count();
        let base = self.base();
        let others = self.values.iter().filter(|p| **p != base).count();
        match certain {
            Some(to) if filled == columns => Form::Certain(to),
            // A scattered addition costs about four of a bundle's.
            _ if others * 4 <= columns * width => {
                let (mut starts, mut outcomes, mut values) = (vec![0], Vec::new(), Vec::new());
                for c in 0..columns {
                    for (outcome, value) in column(c).filter(|(_, p)| *p != base) {
                        outcomes.push(outcome as u32);
                        values.push(value - base);
                    }
                    starts.push(values.len() as u32);
                }
                Form::Sparse { base, starts, outcomes, values }
            }
            _ => Form::Dense(self.laid_out(width)),
        }
    }

    /// The smallest entry if it is zero or stands in at least half of the places, otherwise zero. Never more than an
    /// entry, so that what is added to it stays positive and a zero stays exactly zero.
    fn base(&self) -> f64 {
        let least = self.values.iter().copied().fold(f64::INFINITY, f64::min);
        let often = 2 * self.values.iter().filter(|p| **p == least).count() >= self.values.len();
        if often { least } else { 0.0 }
    }

    /// The same table with its factors in the order of their rank.
    fn ranked(mut self, order: &[usize]) -> Self {
        let mut axes: Vec<usize> = (0..self.factors.len()).collect();
        axes.sort_by_key(|axis| order[self.factors[*axis].0]);
        if axes.is_sorted() {
            return self; // They stand so already.
        }
        let strides = strides(&self.factors);
        let factors: Vec<_> = axes.iter().map(|axis| self.factors[*axis]).collect();
        let columns = self.columns();
        let mut values = Vec::with_capacity(self.values.len());
        for outcome in 0..self.outcomes {
            for column in 0..columns {
                let mut rest = column;
                let mut source = 0;
                for axis in axes.iter().rev() {
                    let size = self.factors[*axis].1;
                    source += (rest % size) * strides[*axis];
                    rest /= size;
                }
                values.push(self.values[outcome * columns + source]);
            }
        }
        (self.factors, self.values) = (factors, values);
        self
    }

    /// `[factors…][padded outcome]`.
    fn laid_out(&self, width: usize) -> Vec<f64> {
        let columns = self.columns();
        let mut out = vec![0.0; columns * width];
        for (index, value) in self.values.iter().enumerate() {
            out[(index % columns) * width + index / columns] = *value;
        }
        out
    }
}

/// Row-major strides of axes given as (index, size).
pub(super) fn strides(axes: &[(usize, usize)]) -> Vec<usize> {
    let mut strides = vec![1; axes.len()];
    for axis in (1..axes.len()).rev() {
        strides[axis - 1] = strides[axis] * axes[axis].1;
    }
    strides
}

/// `values` without an axis of `size` entries, if no entry changes along it; `inner` entries lie between two steps.
fn without_axis(values: &[f64], size: usize, inner: usize) -> Option<Vec<f64>> {
    let block = size * inner;
    let same = values.chunks(block).all(|block| {
        let first = &block[..inner];
        block.chunks(inner).all(|other| first.iter().zip(other).all(|(a, b)| a.to_bits() == b.to_bits()))
    });
    same.then(|| values.chunks(block).flat_map(|block| &block[..inner]).copied().collect())
}
