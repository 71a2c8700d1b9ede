//! Beliefs about several factors that send each other messages, until they agree.

use super::super::lanes::Eight;
use super::LANES;
use super::body::{contract_onto, softmax, softmax_of_one};

/// A leg of a message: contracted with what is believed about one factor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    /// Where that belief begins, and how many states it has.
    pub(crate) belief: usize,
    pub(crate) states: usize,
    /// Where the message begins in the evidence, if this is its first leg; otherwise it goes on with what the last one left.
    pub(crate) evidence: Option<usize>,
    /// The logarithms that it is added to, if this is its last leg.
    pub(crate) log: Option<usize>,
    /// Numbers that are left.
    pub(crate) length: usize,
}

/// A fixed point to be found.
pub(crate) struct Rounds<'a> {
    pub(crate) most: usize,
    pub(crate) dust: f64,
    /// Where each belief begins, and how many states it has.
    pub(crate) factors: &'a [(usize, usize)],
    pub(crate) messages: &'a [Leg],
    pub(crate) evidence: &'a [f64],
    /// What no round changes of the logarithms.
    pub(crate) base: &'a [f64],
    pub(crate) log: &'a mut [f64],
    /// Room for two legs.
    pub(crate) legs: &'a mut [f64],
    /// The uniform beliefs to begin with, and the result.
    pub(crate) belief: &'a mut [f64],
}

/// Rounds of messages, all from the same old beliefs. Beliefs that a round leaves as they are stay so for ever.
#[inline(always)]
pub(super) fn agree<L: Eight>(rounds: Rounds<'_>) {
    let Rounds { most, dust, factors, messages, evidence, base, log, legs, belief } = rounds;
    let (mut from, mut to) = legs.split_at_mut(legs.len() / 2);
    for round in 0..=most {
        if round > 0 {
            let mut changed = false;
            for (start, states) in factors {
                changed |= soften::<L>(log, belief, *start, *states, dust);
            }
            if !changed {
                return;
            }
        }
        if round == most {
            return;
        }
        for (to, from) in log.as_chunks_mut::<LANES>().0.iter_mut().zip(base.as_chunks().0) {
            L::load(from).store(to);
        }
        for leg in messages {
            let weights = belief.get(leg.belief..leg.belief + leg.states).unwrap_or_default();
            let source = leg.evidence.map_or(&*from, |start| evidence.get(start..).unwrap_or_default());
            match leg.log {
                Some(start) => {
                    let onto = log.get_mut(start..start + leg.length).unwrap_or_default();
                    contract_onto::<L, true>(weights, source, onto);
                }
                None => {
                    let left = to.get_mut(..leg.length).unwrap_or_default();
                    contract_onto::<L, false>(weights, source, left);
                    std::mem::swap(&mut from, &mut to);
                }
            }
        }
    }
}

/// The belief whose logarithms these are; whether it is another one than before.
#[inline(always)]
fn soften<L: Eight>(log: &mut [f64], belief: &mut [f64], start: usize, states: usize, dust: f64) -> bool {
    let place = start..start + super::padded(states);
    let (Some(log), Some(belief)) = (log.get_mut(place.clone()), belief.get_mut(place)) else { return false };
    match (log.as_chunks_mut::<LANES>(), belief.as_chunks_mut::<LANES>()) {
        (([log], _), ([belief], _)) => {
            let mut new = [0.0; LANES];
            softmax_of_one(L::load(log), states, dust).store(&mut new);
            let changed = differs(&new, belief);
            *belief = new;
            changed
        }
        _ => {
            softmax::<L>(log, states, dust);
            let mut changed = false;
            for (new, old) in log.as_chunks::<LANES>().0.iter().zip(belief.as_chunks_mut().0) {
                changed |= differs(new, old);
                *old = *new;
            }
            changed
        }
    }
}

#[inline(always)]
fn differs(a: &[f64; LANES], b: &[f64; LANES]) -> bool {
    a.iter().zip(b).fold(0, |bits, (a, b)| bits | (a.to_bits() ^ b.to_bits())) != 0
}
