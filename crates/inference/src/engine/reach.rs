//! Goals, and from where they can be reached: what draws an agent through steps that bring nothing by themselves.

use super::Goal;
use super::beliefs::Layout;
use crate::model::{Spec, Table};
use crate::numerics::{Kernels, ln_floor};

/// Backward reachability of the goal states of each factor that has any.
#[derive(Clone, Debug)]
pub(super) struct Reach {
    factors: Vec<Reached>,
    threshold: f64,
    /// `ln⁺ ε`: what a state that does not lead on costs.
    cost: f64,
}

#[derive(Clone, Debug)]
struct Reached {
    factor: usize,
    size: usize,
    /// `levels[n][state]`: whether a goal can be reached in `n` steps.
    levels: Vec<bool>,
}

impl Reach {
    /// From the model's transitions.
    pub(super) fn new(spec: &Spec, goal: &Goal) -> Self {
        let factors =
            goal.states.iter().enumerate().filter(|(_, states)| !states.is_empty()).map(|(factor, states)| {
                let size = spec.factors[factor].labels.len();
                let mut levels = vec![false; size * goal.depth];
                states.iter().for_each(|state| levels[*state] = true);
                Reached { factor, size, levels }
            });
        let mut reach = Self { factors: factors.collect(), threshold: goal.threshold, cost: ln_floor(goal.weight) };
        for index in 0..reach.factors.len() {
            let factor = reach.factors[index].factor;
            reach.spread(factor, &spec.transitions[factor].values);
        }
        reach
    }

    /// Computes anew from where the goals of `factor` can be reached, by its transition `[next][previous][controls…]`.
    pub(super) fn spread(&mut self, factor: usize, transition: &[f64]) {
        let threshold = self.threshold;
        let Some(reached) = self.factors.iter_mut().find(|reached| reached.factor == factor) else { return };
        let size = reached.size;
        let controls = transition.len() / (size * size);
        for n in 1..reached.levels.len() / size {
            let (nearer, further) = reached.levels.split_at_mut(n * size);
            let nearer = &nearer[(n - 1) * size..];
            for (state, further) in further[..size].iter_mut().enumerate() {
                let leads = |next: usize| {
                    let entries = &transition[(next * size + state) * controls..][..controls];
                    nearer[next] && entries.iter().any(|p| *p > threshold)
                };
                *further = (0..size).any(leads);
            }
        }
    }

    /// What each state is worth on the way from the most probable present ones, laid out like a belief.
    pub(super) fn pull(&self, layout: &Layout, belief: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for Reached { factor, size, levels } in &self.factors {
            let range = layout.range(*factor);
            let present = first_maximum(&belief[range.clone()][..*size]);
            let Some(steps) = (0..levels.len() / size).find(|n| levels[n * size + present]) else { continue };
            let next = steps.saturating_sub(1);
            for (state, out) in out[range][..*size].iter_mut().enumerate() {
                *out = if levels[next * size + state] { 0.0 } else { self.cost };
            }
        }
    }

    /// The sum over all factors of the expected pull.
    pub(super) fn worth<'b>(
        &self,
        kernels: &Kernels,
        layout: &Layout,
        pull: &[f64],
        belief: impl Fn(usize) -> &'b [f64],
    ) -> f64 {
        self.factors
            .iter()
            .map(|reached| kernels.dot(&pull[layout.range(reached.factor)], belief(reached.factor)))
            .sum()
    }
}

/// Why a goal over `factor` cannot be followed, if it cannot.
pub(super) fn hindrance(factor: usize, transition: &Table) -> Option<&'static str> {
    (transition.factors != [factor]).then_some("its transition must depend on the factor itself and on no other")
}

fn first_maximum(values: &[f64]) -> usize {
    values.iter().enumerate().fold(0, |best, (index, value)| if *value > values[best] { index } else { best })
}
