//! Logarithms of the likelihoods, laid out for the belief update.

use super::tables::{Axes, Sizes, strides};
use crate::model::{Evidence, Spec};
use crate::numerics::{ln_floor, padded};

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
        for (modality, table) in spec.modalities.iter().zip(&spec.likelihoods) {
            let mut axes = Axes::new(table, modality.labels.len(), sizes).without_idle_factors();
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

    /// Numbers that the accumulated layouts of all groups take.
    pub(super) fn accumulated(&self) -> usize {
        self.groups.iter().flat_map(|group| &group.layouts).sum()
    }

    /// Adds up, group by group and target by target, what the evidence says. `action(modality)` is the control vector
    /// that preceded it; a modality that depends on an unknown one is passed over.
    pub(super) fn accumulate<'a>(
        &self,
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
            logs.add(evidence, combination, &self.groups[logs.group], &mut out[start..]);
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

    fn add(&self, evidence: &Evidence, combination: usize, group: &Group, out: &mut [f64]) {
        let mut start = 0;
        for (logs, layout) in self.targets.iter().zip(&group.layouts) {
            let out = &mut out[start..start + layout];
            let row = |observation: usize| {
                let first = (combination * self.observations + observation) * layout;
                &logs[first..first + layout]
            };
            match evidence {
                Evidence::Missing => {}
                Evidence::Index(observation) => {
                    out.iter_mut().zip(row(*observation)).for_each(|(out, log)| *out += log);
                }
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
