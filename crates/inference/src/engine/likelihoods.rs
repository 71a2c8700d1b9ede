//! Logarithms of the likelihoods, laid out for the belief update.

use super::tables::{Axes, Sizes, strides};
use crate::model::{Evidence, Learnable, Spec, Table};
use crate::numerics::{Kernels, ln_floor, padded};

/// Modalities that depend on the same factors: their log-likelihoods add up before anything else is done.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Factors with their sizes, ascending.
    pub(super) factors: Vec<(usize, usize)>,
    /// Length of one layout per target factor: `[other factors…][padded target]`.
    pub(super) layouts: Vec<usize>,
}

/// One modality's `ln⁺ A`, for every observation and every combination of controls.
#[derive(Clone, Debug)]
struct Logs {
    group: usize,
    controls: Vec<(usize, usize)>,
    observations: usize,
    /// For each target of the group `[combination][observation][layout]`.
    targets: Vec<Vec<f64>>,
}

/// All log-likelihoods of a model.
#[derive(Clone, Debug)]
pub(super) struct Likelihoods {
    pub(super) groups: Vec<Group>,
    modalities: Vec<Logs>,
}

impl Likelihoods {
    pub(super) fn new(spec: &Spec, sizes: &Sizes<'_>) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let mut modalities = Vec::new();
        for (index, (modality, table)) in spec.modalities.iter().zip(&spec.likelihoods).enumerate() {
            let learnt = spec.learning.iter().any(|learning| learning.what == Learnable::Likelihood(index));
            let whole = Axes::new(table, modality.labels.len(), sizes);
            let mut axes = if learnt { whole } else { whole.without_idle_factors() };
            axes.values.iter_mut().for_each(|p| *p = ln_floor(*p));
            let mut factors = axes.factors.clone();
            factors.sort_unstable();
            let group = groups.iter().position(|group| group.factors == factors).unwrap_or_else(|| {
                groups.push(Group::new(factors.clone()));
                groups.len() - 1
            });
            modalities.push(Logs::new(group, &factors, &axes));
        }
        Self { groups, modalities }
    }

    /// Where the log-likelihoods of a modality that is learnt lie: per target, per combination of states in the order of
    /// its table.
    pub(super) fn places(&self, modality: usize, table: &Table, sizes: &[usize]) -> Vec<Vec<usize>> {
        let group = &self.groups[self.modalities[modality].group];
        let factors: Vec<_> = table.factors.iter().map(|factor| (*factor, sizes[*factor])).collect();
        let own = strides(&factors);
        let columns = factors.iter().map(|(_, size)| size).product();
        let state = |column: usize, factor: usize| {
            let axis = factors.iter().position(|(f, _)| *f == factor).unwrap_or_default();
            column / own[axis] % factors[axis].1
        };
        let place = |(target, size): (usize, usize), column: usize| {
            let others = group.factors.iter().filter(|(other, _)| *other != target);
            let row = others.fold(0, |row, (factor, size)| row * size + state(column, *factor));
            row * padded(size) + if factors.is_empty() { 0 } else { state(column, target) }
        };
        targets(&group.factors).map(|target| (0..columns).map(|column| place(target, column)).collect()).collect()
    }

    /// Writes what a modality that is learnt shows in one combination of controls and of states.
    pub(super) fn write(
        &mut self,
        modality: usize,
        combination: usize,
        states: usize,
        places: &[Vec<usize>],
        probabilities: &[f64],
    ) {
        let logs = &mut self.modalities[modality];
        let layouts = &self.groups[logs.group].layouts;
        for ((target, layout), places) in logs.targets.iter_mut().zip(layouts).zip(places) {
            for (observation, p) in probabilities.iter().enumerate() {
                let first = (combination * logs.observations + observation) * layout;
                target[first + places[states]] = ln_floor(*p);
            }
        }
    }

    /// Numbers that the accumulated layouts of all groups take.
    pub(super) fn accumulated(&self) -> usize {
        self.groups.iter().flat_map(|group| &group.layouts).sum()
    }

    /// Adds up, group by group and target by target, what the evidence says. `action(modality)` is the control vector
    /// that preceded it; a modality that depends on an unknown one is passed over.
    pub(super) fn accumulate<'a>(
        &self,
        kernels: &Kernels,
        evidence: &[Evidence],
        action: impl Fn(usize) -> Option<&'a [usize]>,
        out: &mut [f64],
    ) {
        out.fill(0.0);
        for (modality, (logs, evidence)) in self.modalities.iter().zip(evidence).enumerate() {
            let combination = match action(modality) {
                Some(action) => logs.controls.iter().map(|(control, stride)| stride * action[*control]).sum(),
                None if logs.controls.is_empty() => 0,
                None => continue,
            };
            let start: usize = self.groups[..logs.group].iter().flat_map(|group| &group.layouts).sum();
            logs.add(kernels, evidence, combination, &self.groups[logs.group], &mut out[start..]);
        }
    }

    /// Whether a modality's likelihood depends on the action that preceded the observation.
    pub(super) fn depends_on_action(&self, modality: usize) -> bool {
        !self.modalities[modality].controls.is_empty()
    }
}

/// The factors that messages go to; a group without factors keeps one number for the free energy.
fn targets(factors: &[(usize, usize)]) -> impl Iterator<Item = (usize, usize)> {
    let nobody = factors.is_empty().then_some((usize::MAX, 1));
    factors.iter().copied().chain(nobody)
}

impl Group {
    fn new(factors: Vec<(usize, usize)>) -> Self {
        let all: usize = factors.iter().map(|(_, size)| size).product();
        let layouts = targets(&factors).map(|(_, size)| all / size * padded(size)).collect();
        Self { factors, layouts }
    }
}

impl Logs {
    fn new(group: usize, factors: &[(usize, usize)], axes: &Axes) -> Self {
        let control_strides = strides(&axes.controls);
        let combinations: usize = axes.controls.iter().map(|(_, size)| size).product();
        let columns = axes.values.len() / axes.outcomes / combinations;
        let table_strides = strides(&axes.factors);
        let mut layouts = Vec::new();
        for (target, target_size) in targets(factors) {
            let width = padded(target_size);
            let layout = columns / target_size * width;
            let mut out = vec![0.0; combinations * axes.outcomes * layout];
            for (index, value) in axes.values.iter().enumerate() {
                let (rest, combination) = (index / combinations, index % combinations);
                let (observation, column) = (rest / columns, rest % columns);
                let state = |factor: usize| {
                    let axis = axes.factors.iter().position(|(f, _)| *f == factor).unwrap_or_default();
                    column / table_strides[axis] % axes.factors[axis].1
                };
                let others = factors.iter().filter(|(other, _)| *other != target);
                let row = others.fold(0, |row, (factor, size)| row * size + state(*factor));
                let place = row * width + if factors.is_empty() { 0 } else { state(target) };
                out[(combination * axes.outcomes + observation) * layout + place] = *value;
            }
            layouts.push(out);
        }
        let controls = axes.controls.iter().zip(control_strides).map(|((control, _), stride)| (*control, stride));
        Self { group, controls: controls.collect(), observations: axes.outcomes, targets: layouts }
    }

    fn add(&self, kernels: &Kernels, evidence: &Evidence, combination: usize, group: &Group, out: &mut [f64]) {
        let mut start = 0;
        for (logs, layout) in self.targets.iter().zip(&group.layouts) {
            let out = &mut out[start..start + layout];
            let row = |observation: usize| {
                let first = (combination * self.observations + observation) * layout;
                &logs[first..first + layout]
            };
            match evidence {
                Evidence::Missing => {}
                Evidence::Index(observation) => kernels.add(out, row(*observation)),
                Evidence::Soft(weights) => {
                    for (observation, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
                        out.iter_mut().zip(row(observation)).for_each(|(out, log)| *out += weight * log);
                    }
                }
            }
            start += layout;
        }
    }
}
