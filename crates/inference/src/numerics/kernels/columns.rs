//! Kernels over many columns at once: eight beliefs side by side, each in a lane of its own.
//!
//! A column comes to the bits that a row comes to: states are added in ascending order, and a reduction adds element `i` to
//! lane `i mod 8` of its own column before the lanes are summed in the tree.

use super::super::EPS;
use super::super::lanes::Eight;
use super::super::special::ln_lanes;
use super::LANES;

/// Numbers whose row `r` of column `c` is `values[r * stride + c]`. There is room for whole bundles of columns.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) values: &'a [f64],
    pub(crate) stride: usize,
}

/// The same, to be written.
pub(crate) struct ColumnsMut<'a> {
    pub(crate) values: &'a mut [f64],
    pub(crate) stride: usize,
}

/// A table by its outcomes: what every state gives, and which states give how much more.
#[derive(Clone, Debug)]
pub(crate) struct ByOutcome {
    pub(crate) base: f64,
    /// `starts[outcome]..starts[outcome + 1]` among the others; states ascend.
    pub(crate) starts: Vec<u32>,
    pub(crate) states: Vec<u32>,
    pub(crate) values: Vec<f64>,
}

/// A table by its states: `[state][width]`, of which the first `outcomes` of each row matter.
#[derive(Clone, Copy)]
pub(crate) struct ByState<'a> {
    pub(crate) values: &'a [f64],
    pub(crate) width: usize,
    pub(crate) outcomes: usize,
}

/// What is made of predicted observations: their entropy, if it is wanted, and their product with a row.
pub(crate) struct Worth<'a> {
    pub(crate) row: &'a [f64],
    pub(crate) entropy: Option<&'a mut [f64]>,
    pub(crate) dot: &'a mut [f64],
}

#[inline(always)]
fn bundles<const N: usize>(values: &[f64], place: usize) -> &[[f64; LANES]] {
    values.get(place..place + N * LANES).map_or(&[], |block| block.as_chunks().0)
}

#[inline(always)]
pub(super) fn sparse<L: Eight>(table: &ByOutcome, from: Columns<'_>, count: usize, to: ColumnsMut<'_>) {
    let ColumnsMut { values, stride } = to;
    let mut first = 0;
    while first < count {
        let here = (count - first).min(4);
        match here {
            4 => sparse_block::<L, 4>(table, from, first * LANES, values, stride),
            3 => sparse_block::<L, 3>(table, from, first * LANES, values, stride),
            2 => sparse_block::<L, 2>(table, from, first * LANES, values, stride),
            _ => sparse_block::<L, 1>(table, from, first * LANES, values, stride),
        }
        first += here.max(1);
    }
}

#[inline(always)]
fn sparse_block<L: Eight, const N: usize>(
    table: &ByOutcome,
    from: Columns<'_>,
    column: usize,
    to: &mut [f64],
    stride: usize,
) {
    for (outcome, bounds) in table.starts.windows(2).enumerate() {
        let mut sums = [L::splat(table.base); N];
        let others = bounds[0] as usize..bounds[1] as usize;
        for (state, value) in table.states[others.clone()].iter().zip(&table.values[others]) {
            let value = L::splat(*value);
            let block = bundles::<N>(from.values, *state as usize * from.stride + column);
            for (sum, bundle) in sums.iter_mut().zip(block) {
                *sum = sum.add(L::load(bundle).mul(value));
            }
        }
        store(&sums, to, outcome * stride + column);
    }
}

#[inline(always)]
fn store<L: Eight, const N: usize>(sums: &[L; N], to: &mut [f64], place: usize) {
    if let Some(block) = to.get_mut(place..place + N * LANES) {
        for (sum, bundle) in sums.iter().zip(block.as_chunks_mut().0) {
            sum.store(bundle);
        }
    }
}

/// Outcomes that are summed side by side; rows of the result are written by as many.
pub(crate) const TOGETHER: usize = 4;

#[inline(always)]
pub(super) fn dense<L: Eight>(table: ByState<'_>, from: Columns<'_>, count: usize, to: ColumnsMut<'_>) {
    let ColumnsMut { values, stride } = to;
    let mut first = 0;
    while first < count {
        let two = count - first > 1;
        for outcome in (0..table.outcomes).step_by(TOGETHER) {
            if two {
                dense_block::<L, 2>(table, from, first * LANES, outcome, values, stride);
            } else {
                dense_block::<L, 1>(table, from, first * LANES, outcome, values, stride);
            }
        }
        first += 1 + usize::from(two);
    }
}

#[inline(always)]
fn dense_block<L: Eight, const N: usize>(
    table: ByState<'_>,
    from: Columns<'_>,
    column: usize,
    outcome: usize,
    to: &mut [f64],
    stride: usize,
) {
    let mut sums = [[L::splat(0.0); N]; TOGETHER];
    let rows = table.values.chunks_exact(table.width).filter_map(|row| row.get(outcome..)?.first_chunk::<TOGETHER>());
    for (state, row) in rows.enumerate() {
        for (index, bundle) in bundles::<N>(from.values, state * from.stride + column).iter().enumerate() {
            let q = L::load(bundle);
            for (sums, value) in sums.iter_mut().zip(row) {
                sums[index] = sums[index].add(q.mul(L::splat(*value)));
            }
        }
    }
    for (index, sums) in sums.iter().enumerate() {
        store(sums, to, (outcome + index) * stride + column);
    }
}

#[inline(always)]
pub(super) fn worth<L: Eight>(x: Columns<'_>, count: usize, worth: Worth<'_>) {
    let Worth { row, entropy, dot } = worth;
    let dots = dot.as_chunks_mut().0.iter_mut().take(count);
    match entropy {
        Some(entropy) => {
            for (index, (dot, entropy)) in dots.zip(entropy.as_chunks_mut().0).enumerate() {
                let (e, d) = worth_block::<L, true>(x, index * LANES, row);
                e.store(entropy);
                d.store(dot);
            }
        }
        None => {
            for (index, dot) in dots.enumerate() {
                worth_block::<L, false>(x, index * LANES, row).1.store(dot);
            }
        }
    }
}

#[inline(always)]
fn worth_block<L: Eight, const ENTROPY: bool>(x: Columns<'_>, column: usize, row: &[f64]) -> (L, L) {
    let floor = L::splat(EPS);
    let (mut entropy, mut dot) = ([L::splat(0.0); LANES], [L::splat(0.0); LANES]);
    for (place, wanted) in row.iter().enumerate() {
        let Some(bundle) = bundles::<1>(x.values, place * x.stride + column).first() else { break };
        let x = L::load(bundle);
        let lane = place % LANES;
        if ENTROPY {
            entropy[lane] = entropy[lane].sub(x.mul(ln_lanes(x.max(floor))));
        }
        // Adding zero times something changes no bit, and most of what can be seen is neither wanted nor feared.
        if *wanted != 0.0 {
            dot[lane] = dot[lane].add(x.mul(L::splat(*wanted)));
        }
    }
    (tree(entropy), tree(dot))
}

/// The lane tree, for eight columns at once.
#[inline(always)]
fn tree<L: Eight>(lanes: [L; LANES]) -> L {
    let [a, b, c, d, e, f, g, h] = lanes;
    (a.add(e).add(c.add(g))).add(b.add(f).add(d.add(h)))
}
