//! Would other lengths of plans choose otherwise? What is paid at once and returns later needs long ones.

use serde::Serialize;

use super::{Choice, Search, bench::Sample};

/// Lengths beyond the agent's own that are tried.
const LONGER: usize = 3;

/// What plans of one length make of an action, at the belief that speaks most for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct AtLength {
    /// Steps per plan.
    pub(crate) length: usize,
    /// Whether plans of this length choose it at any belief tried.
    pub(crate) chosen: bool,
    /// What the plan costs by itself.
    pub(crate) cost: f64,
    /// What it should bring by where it leads.
    pub(crate) brings: f64,
    /// What it is worth as a look.
    pub(crate) tells: f64,
}

/// For a choice that is made: every shorter length. For one that is not: the longer ones, up to the first that makes it.
pub(super) fn compare(search: &Search<'_>, choice: Choice, chosen: bool, reference: &Sample) -> Vec<AtLength> {
    let own = search.bench.engine.policy_len();
    let lengths = if chosen { 1..own } else { own + 1..own + LONGER + 1 };
    let mut found = Vec::new();
    for length in lengths {
        let Some(bench) = search.bench.with_length(length) else { break };
        let candidates = candidates(search, choice, chosen, bench.second_budget());
        let at_reference = bench.sample(reference.belief.clone());
        let Some(parts) = at_reference.as_ref().and_then(|sample| sample.best_with(choice)) else { break };
        let (cost, brings, tells) = (parts.cost, parts.brings, parts.tells);
        let mut tried = candidates.into_iter().filter_map(|sample| bench.sample(sample.belief.clone()));
        let made = at_reference.as_ref().is_some_and(|sample| sample.chooses(choice))
            || tried.any(|sample| sample.chooses(choice));
        found.push(AtLength { length, chosen: made, cost, brings, tells });
        if made && !chosen {
            break;
        }
    }
    found
}

/// The beliefs that speak most for a choice.
fn candidates<'s>(search: &'s Search<'_>, choice: Choice, chosen: bool, most: usize) -> Vec<&'s Sample> {
    let mut ranked: Vec<&Sample> = search.samples.iter().filter(|sample| sample.gap(choice).is_finite()).collect();
    let worth = |sample: &Sample| if chosen { sample.margin(choice) } else { -sample.gap(choice) };
    ranked.sort_by(|left, right| worth(right).total_cmp(&worth(left)));
    ranked.truncate(most);
    ranked
}
