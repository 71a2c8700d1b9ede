//! The same model with everything in another order.

use freeagentics_inference::engine::{Options, Policies};
use freeagentics_inference::model::{Axis, Evidence, Modality, Preference, Spec, Table};

use crate::bench_models::build::table;
use crate::bench_models::world::Generator;
use crate::slow::{entry, policies, sizes};

/// Orders of everything; `order[new] = old`.
pub(super) struct Renaming {
    pub(super) factors: Vec<usize>,
    pub(super) controls: Vec<usize>,
    pub(super) modalities: Vec<usize>,
    /// Of each old factor's states, each old control's values, each old modality's observations.
    pub(super) states: Vec<Vec<usize>>,
    pub(super) values: Vec<Vec<usize>>,
    pub(super) observations: Vec<Vec<usize>>,
}

impl Renaming {
    pub(super) fn random(spec: &Spec, g: &mut Generator) -> Self {
        let outcomes: Vec<usize> = spec.modalities.iter().map(|modality| modality.labels.len()).collect();
        let mut inner = |sizes: &[usize]| sizes.iter().map(|&size| order(size, g)).collect();
        let (states, values) = (inner(&sizes(&spec.factors)), inner(&sizes(&spec.controls)));
        let observations = inner(&outcomes);
        let (factors, controls) = (order(spec.factors.len(), g), order(spec.controls.len(), g));
        Self { factors, controls, modalities: order(outcomes.len(), g), states, values, observations }
    }

    pub(super) fn spec(&self, old: &Spec) -> Spec {
        let likelihood = |&m: &usize| self.table(old, &old.likelihoods[m], &self.observations[m]);
        let transition = |&f: &usize| self.table(old, &old.transitions[f], &self.states[f]);
        Spec {
            factors: self.factors.iter().map(|&f| reordered_axis(&old.factors[f], &self.states[f])).collect(),
            controls: self.controls.iter().map(|&c| reordered_axis(&old.controls[c], &self.values[c])).collect(),
            modalities: self.modalities.iter().map(|&m| self.modality(old, m)).collect(),
            likelihoods: self.modalities.iter().map(likelihood).collect(),
            transitions: self.factors.iter().map(transition).collect(),
            preferences: old.preferences.iter().rev().map(|wanted| self.preference(old, wanted)).collect(),
            priors: self.factors.iter().map(|&f| reordered(&old.priors[f], &self.states[f])).collect(),
            learning: Vec::new(),
        }
    }

    fn modality(&self, old: &Spec, m: usize) -> Modality {
        let initial = old.modalities[m].initial.as_ref().map(|initial| {
            let values = old.likelihoods[m].controls.iter().zip(initial);
            values.map(|(&control, &value)| new_place(&self.values[control], value)).collect()
        });
        let labels = reordered(&old.modalities[m].labels, &self.observations[m]);
        Modality { labels, initial, ..old.modalities[m].clone() }
    }

    /// A table over the same axes in the same order, each axis with its new name and its entries rearranged.
    fn table(&self, old: &Spec, table_: &Table, outcomes: &[usize]) -> Table {
        let (of_states, of_values) = (sizes(&old.factors), sizes(&old.controls));
        let states = table_.factors.iter().map(|&factor| of_states[factor]);
        let values = table_.controls.iter().map(|&control| of_values[control]);
        let shape: Vec<usize> = [outcomes.len()].into_iter().chain(states).chain(values).collect();
        let places = |order: &[usize], axes: &[usize]| axes.iter().map(|&axis| new_place(order, axis)).collect();
        let factors: Vec<usize> = places(&self.factors, &table_.factors);
        let controls: Vec<usize> = places(&self.controls, &table_.controls);
        table(&factors, &controls, &shape, |at| {
            let (mut states, mut action) = (vec![0; old.factors.len()], vec![0; old.controls.len()]);
            let (at_states, at_values) = at[1..].split_at(table_.factors.len());
            table_.factors.iter().zip(at_states).for_each(|(&f, &state)| states[f] = self.states[f][state]);
            table_.controls.iter().zip(at_values).for_each(|(&c, &value)| action[c] = self.values[c][value]);
            entry(old, table_, outcomes[at[0]], &states, &action)
        })
    }

    fn preference(&self, old: &Spec, wanted: &Preference) -> Preference {
        match wanted {
            Preference::Observations { modality, values } => Preference::Observations {
                modality: new_place(&self.modalities, *modality),
                values: reordered(values, &self.observations[*modality]),
            },
            Preference::Timed { modality, values } => Preference::Timed {
                modality: new_place(&self.modalities, *modality),
                values: values.iter().map(|values| reordered(values, &self.observations[*modality])).collect(),
            },
            Preference::Joint { factors, controls, at, values } => {
                let over = Table { factors: factors.clone(), controls: controls.clone(), values: values.clone() };
                let Table { factors, controls, values } = self.table(old, &over, &[0]);
                Preference::Joint { factors, controls, at: *at, values }
            }
        }
    }

    /// The options, and for each new policy the old one that it is.
    pub(super) fn options(&self, old: &Spec, new: &Spec, options: &Options) -> (Options, Vec<usize>) {
        let plan = |plan: &Vec<Vec<usize>>| plan.iter().map(|action| self.action(action)).collect::<Vec<_>>();
        let old_plans: Vec<_> = policies(old, options).iter().map(plan).collect();
        let (chosen, order) = match &options.policies {
            Policies::Listed(_) => (Policies::Listed(old_plans.clone()), (0..old_plans.len()).collect()),
            all @ Policies::All { .. } => {
                let old_place = |plan: &Vec<Vec<usize>>| old_plans.iter().position(|other| other == plan);
                let all_new = policies(new, options);
                let order: Option<Vec<usize>> = all_new.iter().map(old_place).collect();
                (all.clone(), order.expect("every new policy is an old one"))
            }
        };
        let habits = options.habits.as_ref().map(|weights| reordered(weights, &order));
        let idle = options.idle.as_ref().map(|action| self.action(action));
        (Options { policies: chosen, habits, idle, ..options.clone() }, order)
    }

    pub(super) fn action(&self, old: &[usize]) -> Vec<usize> {
        self.controls.iter().map(|&control| new_place(&self.values[control], old[control])).collect()
    }

    pub(super) fn evidence(&self, old: &[Evidence]) -> Vec<Evidence> {
        let renamed = |&m: &usize| match &old[m] {
            Evidence::Missing => Evidence::Missing,
            Evidence::Index(observation) => Evidence::Index(new_place(&self.observations[m], *observation)),
            Evidence::Soft(weights) => Evidence::Soft(reordered(weights, &self.observations[m])),
        };
        self.modalities.iter().map(renamed).collect()
    }
}

/// What was at `old[order[new]]` is at `new`.
pub(super) fn reordered<T: Clone>(old: &[T], order: &[usize]) -> Vec<T> {
    order.iter().map(|&index| old[index].clone()).collect()
}

fn reordered_axis(axis: &Axis, order: &[usize]) -> Axis {
    Axis { name: axis.name.clone(), labels: reordered(&axis.labels, order) }
}

fn new_place(order: &[usize], old: usize) -> usize {
    order.iter().position(|&index| index == old).expect("an order holds every index")
}

fn order(size: usize, g: &mut Generator) -> Vec<usize> {
    let mut rest: Vec<usize> = (0..size).collect();
    (0..size).map(|_| rest.swap_remove(g.index(rest.len()))).collect()
}
