//! The belief update: from a prior and evidence to a posterior over the states of each factor.

use super::likelihoods::{Group, Likelihoods};
use crate::numerics::{DUST, Kernels, Leg, Rounds, padded};

/// Rounds of the fixed point; part of the numerics contract.
const ROUNDS: usize = 16;

/// Where each factor's belief lies in one array; every one padded.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) sizes: Vec<usize>,
    starts: Vec<usize>,
    pub(super) total: usize,
}

impl Layout {
    pub(super) fn new(sizes: Vec<usize>) -> Self {
        let mut total = 0;
        let starts = sizes
            .iter()
            .map(|size| {
                let start = total;
                total += padded(*size);
                start
            })
            .collect();
        Self { sizes, starts, total }
    }

    pub(super) fn range(&self, factor: usize) -> std::ops::Range<usize> {
        self.starts[factor]..self.starts[factor] + padded(self.sizes[factor])
    }

    pub(super) fn len(&self) -> usize {
        self.sizes.len()
    }
}

/// Working memory of an update.
#[derive(Clone, Debug)]
pub(super) struct Work {
    /// What the evidence says: see [`Likelihoods::accumulate`].
    pub(super) evidence: Vec<f64>,
    log_prior: Vec<f64>,
    /// Log-prior and the evidence about one factor alone: the part no round changes.
    base: Vec<f64>,
    log: Vec<f64>,
    message: Vec<f64>,
    contraction: Vec<f64>,
    /// Where each belief begins, and how many states it has; what is believed before anything is known.
    factors: Vec<(usize, usize)>,
    uniform: Vec<f64>,
    /// What factors tell each other, leg by leg; none if none do.
    messages: Vec<Leg>,
}

impl Work {
    pub(super) fn new(layout: &Layout, likelihoods: &Likelihoods) -> Self {
        let totals = || vec![0.0; layout.total];
        let widest = likelihoods.groups.iter().flat_map(|group| &group.layouts).max().copied().unwrap_or(0);
        Self {
            evidence: vec![0.0; likelihoods.accumulated()],
            log_prior: totals(),
            base: totals(),
            log: totals(),
            message: totals(),
            contraction: vec![0.0; 2 * widest],
            factors: (0..layout.len()).map(|factor| (layout.range(factor).start, layout.sizes[factor])).collect(),
            uniform: uniform(layout),
            messages: messages(layout, likelihoods),
        }
    }
}

fn uniform(layout: &Layout) -> Vec<f64> {
    let mut uniform = vec![0.0; layout.total];
    for (factor, size) in layout.sizes.iter().enumerate() {
        uniform[layout.range(factor)][..*size].fill(1.0 / *size as f64);
    }
    uniform
}

/// The legs of `ln q_f += E[ll]` for every group of several factors and each of them as the target: the others are
/// contracted one after the other.
fn messages(layout: &Layout, likelihoods: &Likelihoods) -> Vec<Leg> {
    let mut legs = Vec::new();
    for_each_group(likelihoods, |group, start| {
        let mut place = start;
        for (target, length) in group.layouts.iter().enumerate() {
            let others = group.factors.iter().enumerate().filter(|(other, _)| *other != target);
            let others: Vec<_> = others.map(|(_, factor)| *factor).collect();
            let mut left = *length;
            for (index, (factor, states)) in others.iter().enumerate() {
                left /= states;
                legs.push(Leg {
                    belief: layout.range(*factor).start,
                    states: *states,
                    evidence: (index == 0).then_some(place),
                    log: (index + 1 == others.len()).then(|| layout.range(group.factors[target].0).start),
                    length: left,
                });
            }
            place += length;
        }
    });
    legs
}

/// Writes the posterior into `belief` and returns the variational free energy in nats.
///
/// Exact for one factor. For several, the fixed point of `ln q_f = Σ_m E[ln⁺ A_m] + ln⁺ prior_f`, all factors at once
/// from the same old beliefs, 16 rounds or until a round changes no bit of a belief.
pub(super) fn update(
    kernels: &Kernels,
    layout: &Layout,
    likelihoods: &Likelihoods,
    prior: &[f64],
    belief: &mut [f64],
    work: &mut Work,
) -> f64 {
    kernels.ln_floor(prior, &mut work.log_prior);
    work.base.copy_from_slice(&work.log_prior);
    for_each_group(likelihoods, |group, start| {
        if let [(factor, _)] = group.factors.as_slice() {
            let evidence = &work.evidence[start..start + group.layouts[0]];
            kernels.add(&mut work.base[layout.range(*factor)], evidence);
        }
    });
    if work.messages.is_empty() {
        belief.copy_from_slice(&work.base);
        normalise(kernels, layout, belief);
    } else {
        fixed_point(kernels, belief, work);
    }
    free_energy(kernels, layout, likelihoods, belief, work)
}

fn fixed_point(kernels: &Kernels, belief: &mut [f64], work: &mut Work) {
    belief.copy_from_slice(&work.uniform);
    kernels.agree(Rounds {
        most: ROUNDS,
        dust: DUST,
        factors: &work.factors,
        messages: &work.messages,
        evidence: &work.evidence,
        base: &work.base,
        log: &mut work.log,
        legs: &mut work.contraction,
        belief,
    });
}

/// `E[ll]` over every factor of the group but the target, which stays as the axis of `out`.
#[expect(clippy::too_many_arguments, reason = "the borrows of one working memory, apart")]
fn expect(
    kernels: &Kernels,
    layout: &Layout,
    group: &Group,
    target: usize,
    evidence: &[f64],
    belief: &[f64],
    contraction: &mut [f64],
    out: &mut [f64],
) {
    let mut others = group.factors.iter().enumerate().filter(|(other, _)| *other != target).map(|(_, factor)| factor);
    let weights = |(factor, size): &(usize, usize)| &belief[layout.range(*factor)][..*size];
    let last = others.next_back();
    let half = contraction.len() / 2;
    let (mut from, mut to) = contraction.split_at_mut(half);
    let mut length = evidence.len();
    let mut first = true;
    for other in others {
        let next = length / other.1;
        let source = if first { evidence } else { &from[..length] };
        kernels.contract(weights(other), source, &mut to[..next]);
        (from, to, length, first) = (to, from, next, false);
    }
    if let Some(last) = last {
        kernels.contract(weights(last), if first { evidence } else { &from[..length] }, out);
    }
}

fn normalise(kernels: &Kernels, layout: &Layout, belief: &mut [f64]) {
    for factor in 0..layout.len() {
        kernels.softmax(&mut belief[layout.range(factor)], layout.sizes[factor], DUST);
    }
}

/// `Σ_f [Σ q ln q − Σ q ln⁺ prior] − Σ_m E_q[ll_m]`.
fn free_energy(kernels: &Kernels, layout: &Layout, likelihoods: &Likelihoods, belief: &[f64], work: &mut Work) -> f64 {
    let mut energy = 0.0;
    for factor in 0..layout.len() {
        let range = layout.range(factor);
        let (entropy, cross) = kernels.entropy_and_dot(&belief[range.clone()], &work.log_prior[range]);
        energy -= entropy + cross;
    }
    for_each_group(likelihoods, |group, start| {
        let evidence = &work.evidence[start..start + group.layouts[0]];
        match group.factors.as_slice() {
            [] => energy -= evidence[0],
            [(factor, _)] => energy -= kernels.dot(&belief[layout.range(*factor)], evidence),
            [(factor, _), ..] => {
                let range = layout.range(*factor);
                let message = &mut work.message[range.clone()];
                expect(kernels, layout, group, 0, evidence, belief, &mut work.contraction, message);
                energy -= kernels.dot(&belief[range], message);
            }
        }
    });
    energy
}

/// Visits the groups with the place of each in the accumulated evidence.
fn for_each_group(likelihoods: &Likelihoods, mut visit: impl FnMut(&Group, usize)) {
    let mut start = 0;
    for group in &likelihoods.groups {
        visit(group, start);
        start += group.layouts.iter().sum::<usize>();
    }
}
