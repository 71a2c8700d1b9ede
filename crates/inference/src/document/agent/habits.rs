//! `habits`: a weight for each policy, or for each value of the only control as a first action.

use super::policies::count_policies;
use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect::{self, either, wrong_type};
use crate::document::names::Axis;
use crate::document::problem::Problem;
use crate::document::tree::Place;
use crate::engine::Policies;

/// Reads habits; `policies` is `None` when they are wrong, and then only the weights themselves are checked.
pub(super) fn read(cx: &Context<'_>, place: Place<'_>, policies: Option<&Policies>) -> Option<Vec<f64>> {
    if place.is_list() {
        listed(cx, place, policies)
    } else if place.is_map() {
        by_value(cx, place, policies)
    } else {
        cx.report(wrong_type(place, "`habits`", "a list with a weight per policy, or a map from values to weights"));
        None
    }
}

fn listed(cx: &Context<'_>, place: Place<'_>, policies: Option<&Policies>) -> Option<Vec<f64>> {
    let n = place.len();
    let weights: Vec<Option<f64>> = place.children().map(|item| expect::weight(cx.sink, item, "a habit")).collect();
    let wanted = policies.and_then(|policies| count_policies(policies, &cx.names.controls.axes));
    let counted = u64::try_from(n).ok();
    if let Some(wanted) = wanted.filter(|&wanted| Some(wanted) != counted) {
        let message = format!("there are {n} habits for {wanted} policies");
        let mend = format!("write {wanted} weights, in the order of the policies (the last step changes fastest)");
        cx.report(Problem::at(place.spot(), Code::HabitCount, message, mend).expected(wanted).found(n));
        return None;
    }
    let weights: Vec<f64> = weights.into_iter().collect::<Option<_>>()?;
    not_all_zero(cx, place, weights)
}

fn not_all_zero(cx: &Context<'_>, place: Place<'_>, weights: Vec<f64>) -> Option<Vec<f64>> {
    if weights.iter().any(|&weight| weight > 0.0) {
        return Some(weights);
    }
    let message = "all habits are zero, which leaves nothing to do";
    cx.report(Problem::at(
        place.spot(),
        Code::NoHabit,
        message,
        "give a positive weight to at least one, or remove `habits`",
    ));
    None
}

fn by_value(cx: &Context<'_>, place: Place<'_>, policies: Option<&Policies>) -> Option<Vec<f64>> {
    let [axis] = cx.names.controls.axes.as_slice() else {
        if cx.names.controls.names.is_sure() {
            cx.report(wrong_type(
                place,
                "`habits`",
                "a list with a weight per policy, as there is not just one control",
            ));
        }
        return None;
    };
    let matched = axis.labels.match_keys(cx.sink, place.children(), true);
    let mut weights: Vec<Option<f64>> = vec![None; axis.labels.words().len()];
    let weight = |child: Place<'_>| expect::weight(cx.sink, child, "a habit");
    for (child, index) in matched.entries {
        let weight = weight(child);
        if let Some(slot) = index.and_then(|index| weights.get_mut(index)) {
            *slot = weight;
        }
    }
    match matched.otherwise.map(weight) {
        Some(weight) => matched.missing.iter().for_each(|&index| {
            if let Some(slot) = weights.get_mut(index) {
                *slot = weight;
            }
        }),
        None if matched.missing.is_empty() => {}
        None => report_missing(cx, place, axis, &matched.missing),
    }
    axis.size()?;
    let weights = not_all_zero(cx, place, weights.into_iter().collect::<Option<_>>()?)?;
    spread(&weights, policies?)
}

fn report_missing(cx: &Context<'_>, place: Place<'_>, axis: &Axis, missing: &[usize]) {
    let missing: Vec<&str> = missing.iter().map(|&index| axis.labels.word(index)).collect();
    let message = format!("`habits` has no weight for {}", either(&missing));
    let mend = "add it, or `else` for every value that is not named";
    cx.report(Problem::at(place.spot(), Code::MissingEntry, message, mend).expected(missing));
}

/// The weight of each policy: that of its first action.
fn spread(weights: &[f64], policies: &Policies) -> Option<Vec<f64>> {
    match policies {
        Policies::All { length } => {
            let behind = weights.len().checked_pow(u32::try_from(length.saturating_sub(1)).ok()?)?;
            Some(weights.iter().flat_map(|&weight| std::iter::repeat_n(weight, behind)).collect())
        }
        Policies::Listed(plans) => {
            let first = |plan: &Vec<Vec<usize>>| weights.get(*plan.first()?.first()?).copied();
            plans.iter().map(first).collect()
        }
    }
}
