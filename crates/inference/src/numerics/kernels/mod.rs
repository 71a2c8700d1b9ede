//! The loops of the engine, compiled once per instruction set.
//!
//! Every array is padded with zeros to a multiple of [`LANES`]. A reduction adds element `i` to lane `i mod 8` and
//! then sums the lanes in a fixed tree, so every instruction set gives the same bits.

mod body;
mod columns;
mod rounds;
#[cfg(target_arch = "x86_64")]
mod vector;

use super::lanes::Plain;
pub(crate) use columns::{ByOutcome, ByState, Columns, ColumnsMut, TOGETHER, Worth};
pub(crate) use rounds::{Leg, Rounds};

/// Numbers per bundle; part of the contract.
pub(crate) const LANES: usize = 8;

/// The length of an array of `n` numbers once padded.
pub(crate) const fn padded(n: usize) -> usize {
    n.div_ceil(LANES) * LANES
}

/// One implementation of the kernels, by name. Choose with [`Kernels::best`] or take any of [`Kernels::available`].
#[derive(Clone, Copy)]
pub struct Kernels {
    name: &'static str,
    ln_floor: fn(&[f64], &mut [f64]),
    entropy_and_dot: fn(&[f64], &[f64]) -> (f64, f64),
    dot: fn(&[f64], &[f64]) -> f64,
    softmax: fn(&mut [f64], usize, f64),
    add: fn(&mut [f64], &[f64]),
    agree: fn(Rounds<'_>),
    contract: fn(&[f64], &[f64], &mut [f64]),
    sparse_columns: fn(&ByOutcome, Columns<'_>, usize, ColumnsMut<'_>),
    dense_columns: fn(ByState<'_>, Columns<'_>, usize, ColumnsMut<'_>),
    worth_of_columns: fn(Columns<'_>, usize, Worth<'_>),
}

impl std::fmt::Debug for Kernels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kernels({})", self.name)
    }
}

impl Kernels {
    /// Plain code without vector instructions of its own.
    pub fn plain() -> Self {
        Self {
            name: "plain",
            ln_floor: body::ln_floor::<Plain>,
            entropy_and_dot: body::entropy_and_dot::<Plain>,
            dot: body::dot::<Plain>,
            softmax: body::softmax::<Plain>,
            add: body::add::<Plain>,
            agree: rounds::agree::<Plain>,
            contract: body::contract::<Plain>,
            sparse_columns: columns::sparse::<Plain>,
            dense_columns: columns::dense::<Plain>,
            worth_of_columns: columns::worth::<Plain>,
        }
    }

    /// Every implementation that this machine can run, plainest first.
    pub fn available() -> Vec<Self> {
        let mut all = vec![Self::plain()];
        #[cfg(target_arch = "x86_64")]
        all.extend(vector::available());
        all
    }

    /// The widest of [`Kernels::available`].
    pub fn best() -> Self {
        Self::available().pop().unwrap_or_else(Self::plain)
    }

    /// `plain`, `sse2`, `avx2` or `avx512`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// `out = ln⁺ x`.
    pub(crate) fn ln_floor(&self, x: &[f64], out: &mut [f64]) {
        (self.ln_floor)(x, out);
    }

    /// `(−Σ x ln⁺ x, Σ x y)`.
    pub(crate) fn entropy_and_dot(&self, x: &[f64], y: &[f64]) -> (f64, f64) {
        (self.entropy_and_dot)(x, y)
    }

    /// `−Σ x ln⁺ x`.
    pub(crate) fn entropy(&self, x: &[f64]) -> f64 {
        (self.entropy_and_dot)(x, x).0
    }

    /// `Σ x y`.
    pub(crate) fn dot(&self, x: &[f64], y: &[f64]) -> f64 {
        (self.dot)(x, y)
    }

    /// Turns the first `n` of `x` into `exp(x) / Σ exp(x)`, the padding into zeros. Terms below `dust` times the
    /// largest become exactly zero.
    pub(crate) fn softmax(&self, x: &mut [f64], n: usize, dust: f64) {
        (self.softmax)(x, n, dust);
    }

    /// `to += from`.
    pub(crate) fn add(&self, to: &mut [f64], from: &[f64]) {
        (self.add)(to, from);
    }

    /// Finds a fixed point of beliefs.
    pub(crate) fn agree(&self, rounds: Rounds<'_>) {
        (self.agree)(rounds);
    }

    /// `out = Σᵢ weights[i] · slabs[i]` where a slab is as long as `out`; added in the order of `i`.
    pub(crate) fn contract(&self, weights: &[f64], slabs: &[f64], out: &mut [f64]) {
        (self.contract)(weights, slabs, out);
    }

    /// A sparse table applied to `count` bundles of beliefs side by side.
    pub(crate) fn sparse_columns(&self, table: &ByOutcome, from: Columns<'_>, count: usize, to: ColumnsMut<'_>) {
        (self.sparse_columns)(table, from, count, to);
    }

    /// A dense table applied to `count` bundles of beliefs side by side; rows are written by [`TOGETHER`].
    pub(crate) fn dense_columns(&self, table: ByState<'_>, from: Columns<'_>, count: usize, to: ColumnsMut<'_>) {
        (self.dense_columns)(table, from, count, to);
    }

    /// [`entropy_and_dot`](Self::entropy_and_dot) for `count` bundles of columns, as many rows as the row has entries.
    pub(crate) fn worth_of_columns(&self, x: Columns<'_>, count: usize, worth: Worth<'_>) {
        (self.worth_of_columns)(x, count, worth);
    }
}

#[cfg(test)]
mod tests {
    use super::{Kernels, padded};
    use crate::numerics::Random;

    /// The contract written out: element i goes to lane i mod 8, then the tree.
    fn lane_tree(terms: &[f64]) -> f64 {
        let mut lanes = [0.0; 8];
        for (i, term) in terms.iter().enumerate() {
            lanes[i % 8] += term;
        }
        let [a, b, c, d, e, f, g, h] = lanes;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }

    fn numbers(random: &mut Random, n: usize) -> Vec<f64> {
        let mut x: Vec<f64> = (0..n).map(|_| random.uniform()).collect();
        x.iter_mut().filter(|x| **x < 0.2).for_each(|x| *x = 0.0);
        x.resize(padded(n), 0.0);
        x
    }

    #[test]
    fn every_instruction_set_gives_the_bits_of_the_written_contract() {
        let mut random = Random::new(1, 0, 0);
        for n in (1..70).chain([400]) {
            let (x, y) = (numbers(&mut random, n), numbers(&mut random, n));
            let dot = lane_tree(&x.iter().zip(&y).map(|(x, y)| x * y).collect::<Vec<_>>());
            let entropy = lane_tree(&x.iter().map(|x| -(x * crate::numerics::ln_floor(*x))).collect::<Vec<_>>());
            for kernels in Kernels::available() {
                assert_eq!(kernels.dot(&x, &y).to_bits(), dot.to_bits(), "{kernels:?} dot {n}");
                assert_eq!(kernels.entropy(&x).to_bits(), entropy.to_bits(), "{kernels:?} entropy {n}");
            }
        }
    }

    #[test]
    fn every_instruction_set_gives_the_same_softmax_and_contraction() {
        let mut random = Random::new(2, 0, 0);
        for n in 1..70 {
            let scores: Vec<f64> = numbers(&mut random, n).iter().map(|x| 60.0 * x).collect();
            let slabs: Vec<f64> = (0..5).flat_map(|_| numbers(&mut random, n)).collect();
            let results: Vec<_> = Kernels::available()
                .iter()
                .map(|kernels| {
                    let (mut soft, mut sum) = (scores.clone(), vec![1.0; padded(n)]);
                    kernels.softmax(&mut soft, n, 1e-12);
                    kernels.contract(&[0.5, 0.0, 0.25, 0.125, 2.0], &slabs, &mut sum);
                    assert!((soft.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                    assert!(soft.iter().skip(n).all(|x| *x == 0.0));
                    soft.iter().chain(&sum).map(|x| x.to_bits()).collect::<Vec<_>>()
                })
                .collect();
            assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{n}");
        }
    }
}
