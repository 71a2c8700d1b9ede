//! The kernels themselves, for any kind of lanes.

use super::super::EPS;
use super::super::lanes::Eight;
use super::super::special::{exp_lanes, ln_lanes};
use super::LANES;

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

/// Far enough down that it vanishes, near enough that no difference overflows.
const NOTHING: f64 = -1e300;

/// The number of each lane.
const PLACES: [f64; LANES] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];

/// A bundle of which only the first `n` lanes count.
#[inline(always)]
fn only<L: Eight>(x: L, n: usize) -> L {
    L::load(&PLACES).select_less(L::splat(n as f64), x, L::splat(NOTHING))
}

#[inline(always)]
pub(super) fn softmax<L: Eight>(x: &mut [f64], n: usize, dust: f64) {
    let mut largest = L::splat(NOTHING);
    for (index, x) in bundles(x).iter().enumerate() {
        largest = largest.max(only(L::load(x), n.saturating_sub(index * LANES)));
    }
    let largest = L::splat(largest.largest());
    let (dust, mut sum) = (L::splat(dust), L::splat(0.0));
    for (index, x) in x.as_chunks_mut().0.iter_mut().enumerate() {
        let e = exp_lanes(only(L::load(x), n.saturating_sub(index * LANES)).sub(largest));
        let e = e.select_less(dust, L::splat(0.0), e);
        sum = sum.add(e);
        e.store(x);
    }
    let sum = L::splat(sum.sum());
    for x in x.as_chunks_mut().0 {
        L::load(x).div(sum).store(x);
    }
}

/// [`softmax`] of one bundle.
#[inline(always)]
pub(super) fn softmax_of_one<L: Eight>(x: L, n: usize, dust: f64) -> L {
    let x = only(x, n);
    let e = exp_lanes(x.sub(L::splat(x.largest())));
    let e = e.select_less(L::splat(dust), L::splat(0.0), e);
    e.div(L::splat(e.sum()))
}

#[inline(always)]
pub(super) fn add<L: Eight>(to: &mut [f64], from: &[f64]) {
    for (to, from) in to.as_chunks_mut().0.iter_mut().zip(bundles(from)) {
        L::load(to).add(L::load(from)).store(to);
    }
}

#[inline(always)]
pub(super) fn contract<L: Eight>(weights: &[f64], slabs: &[f64], out: &mut [f64]) {
    contract_onto::<L, false>(weights, slabs, out);
}

/// As [`contract`]; the sums are added to what is there, if so wanted.
#[inline(always)]
pub(super) fn contract_onto<L: Eight, const ADD: bool>(weights: &[f64], slabs: &[f64], out: &mut [f64]) {
    let width = out.len();
    let mut start = 0;
    // Four bundles at a time stay in registers over the whole sum.
    while start < width {
        let bundles_here = ((width - start) / LANES).min(4);
        match bundles_here {
            4 => contract_block::<L, 4, ADD>(weights, slabs, width, start, out),
            3 => contract_block::<L, 3, ADD>(weights, slabs, width, start, out),
            2 => contract_block::<L, 2, ADD>(weights, slabs, width, start, out),
            _ => contract_block::<L, 1, ADD>(weights, slabs, width, start, out),
        }
        start += bundles_here.max(1) * LANES;
    }
}

#[inline(always)]
fn contract_block<L: Eight, const N: usize, const ADD: bool>(
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
            if ADD { L::load(bundle).add(*sum).store(bundle) } else { sum.store(bundle) }
        }
    }
}
