//! Beliefs worth trying.

use freeagentics_inference::{
    model::Spec,
    numerics::{Random, ln},
};

/// One distribution per factor.
pub(super) type Belief = Vec<Vec<f64>>;

/// Certainties tried at most; a model of several factors can have millions.
const MOST_CERTAINTIES: usize = 512;

/// Points inside an edge between two certainties.
const ON_AN_EDGE: usize = 19;

/// Random streams, so that no two purposes share their numbers.
const CERTAINTIES: u32 = 1;
const SCATTERED: u32 = 2;

/// Certainties, edges between them, and random beliefs: at most `room`.
pub(super) fn starting_points(spec: &Spec, seed: u64, room: usize) -> Vec<Belief> {
    let mut points: Vec<Belief> = certainties(spec, seed).iter().map(|states| certain(spec, states)).collect();
    points.truncate(room / 3);
    points.extend(edges(spec, room / 3));
    let mut random = Random::new(seed, 0, SCATTERED);
    // Flat ones lie in the middle, peaked ones near the faces, where decisions change.
    let scattered = (0..).map(|n| scattered(spec, &mut random, if n % 2 == 0 { 1 } else { 4 }));
    let rest = room.saturating_sub(points.len());
    points.extend(scattered.take(rest));
    points
}

/// All combinations of states, or a random part of them where there are too many.
pub(super) fn certainties(spec: &Spec, seed: u64) -> Vec<Vec<usize>> {
    let sizes: Vec<usize> = spec.factors.iter().map(|factor| factor.labels.len()).collect();
    let all = sizes.iter().try_fold(1_usize, |product, &size| product.checked_mul(size));
    match all.filter(|&all| all <= MOST_CERTAINTIES) {
        Some(all) => (0..all).map(|index| digits(index, &sizes)).collect(),
        None => {
            let mut random = Random::new(seed, 0, CERTAINTIES);
            let mut draw = |size: usize| (random.uniform() * size as f64) as usize;
            (0..MOST_CERTAINTIES).map(|_| sizes.iter().map(|&size| draw(size)).collect()).collect()
        }
    }
}

/// The belief that is sure of these states.
pub(super) fn certain(spec: &Spec, states: &[usize]) -> Belief {
    let of = |(factor, &state): (&freeagentics_inference::model::Axis, &usize)| {
        (0..factor.labels.len()).map(|index| if index == state { 1.0 } else { 0.0 }).collect()
    };
    spec.factors.iter().zip(states).map(of).collect()
}

/// Beliefs around one: a stride towards each state, factor by factor.
pub(super) fn neighbours(belief: &Belief, stride: f64) -> Vec<Belief> {
    let mut around = Vec::new();
    for (factor, odds) in belief.iter().enumerate() {
        for state in 0..odds.len() {
            let mut moved = belief.clone();
            if let Some(odds) = moved.get_mut(factor) {
                odds.iter_mut().for_each(|p| *p *= 1.0 - stride);
                odds.get_mut(state).into_iter().for_each(|p| *p += stride);
            }
            around.push(moved);
        }
    }
    around
}

/// Between two states of one factor, the other factors as before anything was seen: evenly chosen from all of them.
fn edges(spec: &Spec, room: usize) -> Vec<Belief> {
    let pairs = |size: usize| (0..size).flat_map(move |one| (one + 1..size).map(move |other| (one, other)));
    let all = spec.factors.iter().enumerate().flat_map(|(factor, axis)| {
        pairs(axis.labels.len()).flat_map(move |pair| (1..=ON_AN_EDGE).map(move |point| (factor, pair, point)))
    });
    let count: usize = spec.factors.iter().map(|axis| pairs(axis.labels.len()).count() * ON_AN_EDGE).sum();
    let chosen = all.step_by(count.div_ceil(room.max(1)).max(1));
    chosen.map(|(factor, pair, point)| edge(spec, factor, pair, point)).collect()
}

fn edge(spec: &Spec, factor: usize, (one, other): (usize, usize), point: usize) -> Belief {
    let share = point as f64 / (ON_AN_EDGE + 1) as f64;
    let mut belief = spec.priors.clone();
    for (state, odds) in belief.get_mut(factor).into_iter().flatten().enumerate() {
        *odds = match state {
            state if state == one => 1.0 - share,
            state if state == other => share,
            _ => 0.0,
        };
    }
    belief
}

/// A random belief; the higher the power, the more it leans on few states.
fn scattered(spec: &Spec, random: &mut Random, power: u32) -> Belief {
    let of = |size: usize, random: &mut Random| {
        let draw = |_| {
            let exponential = -ln(1.0 - random.uniform());
            (0..power).fold(1.0, |product, _| product * exponential)
        };
        let weights: Vec<f64> = (0..size).map(draw).collect();
        let sum: f64 = weights.iter().sum();
        // All draws can only be zero together with odds of 2⁻⁵³ each.
        weights.iter().map(|weight| if sum > 0.0 { weight / sum } else { 1.0 / size as f64 }).collect()
    };
    spec.factors.iter().map(|factor| of(factor.labels.len(), random)).collect()
}

/// A number in mixed base.
fn digits(mut index: usize, sizes: &[usize]) -> Vec<usize> {
    let mut digits: Vec<usize> = Vec::with_capacity(sizes.len());
    for &size in sizes.iter().rev() {
        digits.push(index % size.max(1));
        index /= size.max(1);
    }
    digits.reverse();
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::example::watchdog;

    fn is_distribution(odds: &[f64]) -> bool {
        odds.iter().all(|p| *p >= 0.0) && (odds.iter().sum::<f64>() - 1.0).abs() < 1e-9
    }

    #[test]
    fn everything_tried_is_a_distribution() {
        let spec = watchdog();
        let mut random = Random::new(1, 0, SCATTERED);
        let scattered = (0..50).map(|_| scattered(&spec, &mut random, 4));
        let around = neighbours(&spec.priors, 0.3).into_iter();
        for belief in scattered.chain(around).chain(edges(&spec, 40)) {
            assert!(belief.iter().all(|odds| is_distribution(odds)), "{belief:?}");
        }
    }

    #[test]
    fn every_combination_of_states_is_tried_once() {
        let mut spec = watchdog();
        spec.factors.push(spec.factors[0].clone());
        let mut all = certainties(&spec, 1);
        assert_eq!((all.len(), all[1].clone(), all[15].clone()), (16, vec![0, 1], vec![3, 3]));
        all.dedup();
        assert_eq!(all.len(), 16);
    }
}
