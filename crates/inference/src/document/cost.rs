//! What a step will cost, estimated before anything is built.

use super::agent::{count_policies, count_prefixes};
use super::code::Code;
use super::context::Context;
use super::problem::Problem;
use super::tree::Place;
use crate::engine::Options;
use crate::model::{Preference, Spec, Table};

/// An estimate of what a model and one step of an agent cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Cost {
    /// Number of policies.
    pub policies: u64,
    /// Number of distinct beginnings of policies; each is evaluated once.
    pub prefixes: u64,
    /// Number of entries in all tables.
    pub table_entries: u64,
    /// Multiply-adds of one step.
    pub operations: u64,
    /// Bytes of the tables and of what one step works on.
    pub bytes: u64,
}

/// Sweeps of the fixed-point iteration over several factors.
const SWEEPS: u64 = 16;

impl Cost {
    /// The estimate for a model and options that are in order.
    pub(super) fn of(cx: &Context<'_>, spec: &Spec, options: &Options) -> Option<Self> {
        let controls = &cx.names.controls.axes;
        let policies = count_policies(&options.policies, controls)?;
        let prefixes = count_prefixes(&options.policies, controls)?;
        let tables: Vec<&Table> = spec.likelihoods.iter().chain(&spec.transitions).collect();
        let joint = spec.preferences.iter().map(|preference| match preference {
            Preference::Observations { values, .. } | Preference::Joint { values, .. } => wide(values.len()),
            Preference::Timed { values, .. } => values.iter().map(|values| wide(values.len())).sum(),
        });
        let joint: u64 = joint.sum();
        let table_entries = tables.iter().map(|table| wide(table.values.len())).sum::<u64>() + joint;
        let slices: u64 = tables.iter().map(|table| slice(spec, table)).sum::<u64>() + joint;
        let sweeps = if spec.factors.len() > 1 { SWEEPS } else { 1 };
        let inference: u64 =
            spec.likelihoods.iter().map(|table| slice(spec, table)).sum::<u64>().saturating_mul(sweeps);
        // A window is inferred anew with every step, in as many sweeps, over both kinds of tables.
        let window = options.look_back.map_or(0, |look_back| wide(look_back.steps).saturating_mul(SWEEPS));
        let window = tables.iter().map(|table| slice(spec, table)).sum::<u64>().saturating_mul(window);
        let operations = prefixes.saturating_mul(slices).saturating_add(inference).saturating_add(window);
        let expanded = options.search.as_ref().map_or(1, |search| u64::from(search.nodes));
        let operations = operations.saturating_mul(expanded);
        let states: u64 = spec.factors.iter().map(|factor| wide(factor.labels.len())).sum();
        let observations: u64 = spec.modalities.iter().map(|modality| wide(modality.labels.len())).sum();
        // Tables and their logarithms; per prefix predicted states and observations and a split; per policy two sums.
        let numbers = table_entries
            .saturating_mul(2)
            .saturating_add(prefixes.saturating_mul(states + observations + 4))
            .saturating_add(policies.saturating_mul(2));
        Some(Self { policies, prefixes, table_entries, operations, bytes: numbers.saturating_mul(8) })
    }

    /// Reports an estimate that is beyond the limits.
    pub(super) fn check(&self, cx: &Context<'_>, place: Place<'_>) {
        let Self { prefixes, table_entries, .. } = self;
        for (found, limit, what) in
            [(self.operations, cx.limits.operations, "multiply-adds"), (self.bytes, cx.limits.bytes, "bytes")]
        {
            if found > limit {
                let message = format!(
                    "one step would take about {found} {what} ({prefixes} beginnings of plans over {table_entries} table \
                     entries); at most {limit} are allowed"
                );
                let mend = "shorten the plans, list fewer `policies`, or let tables depend on less";
                cx.report(Problem::at(place.spot(), Code::StepTooCostly, message, mend).expected(limit).found(found));
            }
        }
    }
}

/// Entries of a table that one action uses.
fn slice(spec: &Spec, table: &Table) -> u64 {
    let sizes = table.controls.iter().filter_map(|&control| spec.controls.get(control)).map(|axis| axis.labels.len());
    wide(table.values.len() / sizes.product::<usize>().max(1))
}

fn wide(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
