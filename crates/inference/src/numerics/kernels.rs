//! The loops of the engine, compiled once per instruction set.
//!
//! Every array is padded with zeros to a multiple of [`LANES`]. A reduction adds element `i` to lane `i mod 8` and
//! then sums the lanes in a fixed tree, so every instruction set gives the same bits.

use super::EPS;
use super::lanes::{Eight, Plain};
use super::special::{exp_lanes, ln_lanes};

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
    softmax: fn(&mut [f64], f64),
    contract: fn(&[f64], &[f64], &mut [f64]),
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
            contract: body::contract::<Plain>,
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
        /// Far enough down that it vanishes, near enough that no difference overflows.
        const NOTHING: f64 = -1e300;
        x.iter_mut().skip(n).for_each(|pad| *pad = NOTHING);
        (self.softmax)(x, dust);
    }

    /// `out = Σᵢ weights[i] · slabs[i]` where a slab is as long as `out`; added in the order of `i`.
    pub(crate) fn contract(&self, weights: &[f64], slabs: &[f64], out: &mut [f64]) {
        (self.contract)(weights, slabs, out);
    }
}

mod body {
    //! The kernels themselves, for any kind of lanes.
    use super::{EPS, Eight, LANES, exp_lanes, ln_lanes};

    #[inline(always)]
    fn bundles(x: &[f64]) -> &[[f64; LANES]] {
        x.as_chunks().0
    }

    #[inline(always)]
    pub(super) fn ln_floor<L: Eight>(x: &[f64], out: &mut [f64]) {
        let floor = L::splat(EPS);
        for (x, out) in bundles(x).iter().zip(out.as_chunks_mut().0) {
            ln_lanes(L::load(x).max(floor)).store(out);
        }
    }

    #[inline(always)]
    pub(super) fn entropy_and_dot<L: Eight>(x: &[f64], y: &[f64]) -> (f64, f64) {
        let floor = L::splat(EPS);
        let (mut entropy, mut dot) = (L::splat(0.0), L::splat(0.0));
        for (x, y) in bundles(x).iter().zip(bundles(y)) {
            let x = L::load(x);
            entropy = entropy.sub(x.mul(ln_lanes(x.max(floor))));
            dot = dot.add(x.mul(L::load(y)));
        }
        (entropy.sum(), dot.sum())
    }

    #[inline(always)]
    pub(super) fn dot<L: Eight>(x: &[f64], y: &[f64]) -> f64 {
        let mut dot = L::splat(0.0);
        for (x, y) in bundles(x).iter().zip(bundles(y)) {
            dot = dot.add(L::load(x).mul(L::load(y)));
        }
        dot.sum()
    }

    #[inline(always)]
    pub(super) fn softmax<L: Eight>(x: &mut [f64], dust: f64) {
        let mut largest = L::splat(f64::NEG_INFINITY);
        for x in bundles(x) {
            largest = largest.max(L::load(x));
        }
        let largest = L::splat(largest.to_array().into_iter().fold(f64::NEG_INFINITY, f64::max));
        let (dust, mut sum) = (L::splat(dust), L::splat(0.0));
        for x in x.as_chunks_mut().0 {
            let e = exp_lanes(L::load(x).sub(largest));
            let e = e.select_less(dust, L::splat(0.0), e);
            sum = sum.add(e);
            e.store(x);
        }
        let sum = L::splat(sum.sum());
        for x in x.as_chunks_mut().0 {
            L::load(x).div(sum).store(x);
        }
    }

    #[inline(always)]
    pub(super) fn contract<L: Eight>(weights: &[f64], slabs: &[f64], out: &mut [f64]) {
        let width = out.len();
        let mut start = 0;
        // Four bundles at a time stay in registers over the whole sum.
        while start < width {
            let bundles_here = ((width - start) / LANES).min(4);
            match bundles_here {
                4 => contract_block::<L, 4>(weights, slabs, width, start, out),
                3 => contract_block::<L, 3>(weights, slabs, width, start, out),
                2 => contract_block::<L, 2>(weights, slabs, width, start, out),
                _ => contract_block::<L, 1>(weights, slabs, width, start, out),
            }
            start += bundles_here.max(1) * LANES;
        }
    }

    #[inline(always)]
    fn contract_block<L: Eight, const N: usize>(
        weights: &[f64],
        slabs: &[f64],
        width: usize,
        start: usize,
        out: &mut [f64],
    ) {
        let mut sums = [L::splat(0.0); N];
        for (weight, slab) in weights.iter().zip(slabs.chunks_exact(width)) {
            // Adding zero times something changes no bit.
            if *weight == 0.0 {
                continue;
            }
            let weight = L::splat(*weight);
            if let Some(block) = slab.get(start..start + N * LANES) {
                for (sum, bundle) in sums.iter_mut().zip(bundles(block)) {
                    *sum = sum.add(weight.mul(L::load(bundle)));
                }
            }
        }
        if let Some(block) = out.get_mut(start..start + N * LANES) {
            for (sum, bundle) in sums.iter().zip(block.as_chunks_mut().0) {
                sum.store(bundle);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod vector {
    //! The same bodies compiled for each vector instruction set.
    #![expect(unsafe_code, reason = "calls into functions whose instructions were found on this machine")]
    use super::super::x86::{Avx2, Avx512, Sse2};
    use super::{Kernels, body};

    macro_rules! kernels_for {
        ($module:ident, $lanes:ty, $feature:literal) => {
            mod $module {
                use super::{Kernels, body};

                #[target_feature(enable = $feature)]
                fn ln_floor(x: &[f64], out: &mut [f64]) {
                    body::ln_floor::<$lanes>(x, out);
                }
                #[target_feature(enable = $feature)]
                fn entropy_and_dot(x: &[f64], y: &[f64]) -> (f64, f64) {
                    body::entropy_and_dot::<$lanes>(x, y)
                }
                #[target_feature(enable = $feature)]
                fn dot(x: &[f64], y: &[f64]) -> f64 {
                    body::dot::<$lanes>(x, y)
                }
                #[target_feature(enable = $feature)]
                fn softmax(x: &mut [f64], dust: f64) {
                    body::softmax::<$lanes>(x, dust);
                }
                #[target_feature(enable = $feature)]
                fn contract(weights: &[f64], slabs: &[f64], out: &mut [f64]) {
                    body::contract::<$lanes>(weights, slabs, out);
                }

                /// SAFETY: the caller has found the instruction set on this machine.
                pub(super) unsafe fn kernels() -> Kernels {
                    Kernels {
                        name: stringify!($module),
                        // SAFETY: by the contract of this function, here and below.
                        ln_floor: |x, out| unsafe { ln_floor(x, out) },
                        entropy_and_dot: |x, y| unsafe { entropy_and_dot(x, y) },
                        dot: |x, y| unsafe { dot(x, y) },
                        softmax: |x, dust| unsafe { softmax(x, dust) },
                        contract: |weights, slabs, out| unsafe { contract(weights, slabs, out) },
                    }
                }
            }
        };
    }

    kernels_for!(sse2, super::Sse2, "sse2");
    kernels_for!(avx2, super::Avx2, "avx2");
    kernels_for!(avx512, super::Avx512, "avx512f");

    pub(super) fn available() -> Vec<Kernels> {
        let mut all = Vec::new();
        if std::is_x86_feature_detected!("sse2") {
            // SAFETY: found on the line above.
            all.push(unsafe { sse2::kernels() });
        }
        if std::is_x86_feature_detected!("avx2") {
            // SAFETY: found on the line above.
            all.push(unsafe { avx2::kernels() });
        }
        if std::is_x86_feature_detected!("avx512f") {
            // SAFETY: found on the line above.
            all.push(unsafe { avx512::kernels() });
        }
        all
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
