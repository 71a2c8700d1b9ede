//! `policy_length` and `policies`: which plans are weighed.

use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect;
use crate::document::fields::Fields;
use crate::document::names::Axis;
use crate::document::problem::Problem;
use crate::document::step;
use crate::document::tree::Place;
use crate::engine::Policies;

/// Reads the policies, and refuses too many before they are spelt out.
pub(super) fn read(cx: &Context<'_>, agent: Option<Place<'_>>, fields: Option<&Fields<'_>>) -> Option<Policies> {
    let field = |key: &str| fields.and_then(|fields| fields.get(key));
    match (field("policy_length"), field("policies")) {
        (Some(_), Some(policies)) => {
            let message = "`agent` has both `policy_length` and `policies`";
            cx.report(Problem::at(policies.key_spot(), Code::ConflictingKeys, message, "keep one of the two"));
            None
        }
        (None, Some(policies)) => listed(cx, policies),
        (length, None) => {
            let most = u32::try_from(cx.limits.policy_length).unwrap_or(u32::MAX);
            let n = match length {
                Some(place) => expect::whole(cx.sink, place, "`policy_length`", 1, most)?,
                None => 1,
            };
            all(cx, length.or(agent), usize::try_from(n).ok()?)
        }
    }
}

fn all(cx: &Context<'_>, place: Option<Place<'_>>, length: usize) -> Option<Policies> {
    let actions = count_actions(&cx.names.controls.axes)?;
    let n = count_sequences(actions, length);
    let limit = cx.limits.policies;
    match place {
        Some(place) if n > limit => {
            let shown = if n == u64::MAX { "more than 10^19".to_owned() } else { n.to_string() };
            let message = format!(
                "{actions} actions in plans of length {length} make {shown} policies; at most {limit} are allowed"
            );
            let mend = match longest(actions, limit) {
                0 => "list the `policies` that matter".to_owned(),
                most => format!("plan at most {most} ahead with {actions} actions, or list the `policies` that matter"),
            };
            cx.report(Problem::at(place.spot(), Code::TooManyPolicies, message, mend).expected(limit).found(n));
            None
        }
        _ => Some(Policies::All { length }),
    }
}

/// Number of distinct actions: one value for each control.
fn count_actions(controls: &[Axis]) -> Option<u64> {
    controls.iter().try_fold(1_u64, |product, axis| {
        let size = u64::try_from(axis.size()?).ok()?;
        Some(product.saturating_mul(size))
    })
}

fn count_sequences(actions: u64, length: usize) -> u64 {
    actions.checked_pow(u32::try_from(length).unwrap_or(u32::MAX)).unwrap_or(u64::MAX)
}

/// How long plans can be, so that there are not more than so many.
fn longest(actions: u64, limit: u64) -> u32 {
    let fits = |&length: &u32| actions.checked_pow(length).is_some_and(|n| n <= limit);
    (1..=u64::BITS).take_while(fits).last().unwrap_or(0)
}

fn listed(cx: &Context<'_>, place: Place<'_>) -> Option<Policies> {
    let controls: Vec<&Axis> = cx.names.controls.axes.iter().collect();
    if !expect::list(cx.sink, place, "`policies`", "a list of plans") {
        return None;
    }
    if controls.is_empty() {
        step::report_no_controls(cx, place, "`policies`");
        return None;
    }
    let (n, limit) = (place.len(), cx.limits.policies);
    if n == 0 {
        let message = "`policies` lists no plan";
        cx.report(Problem::at(place.spot(), Code::NothingDeclared, message, "list at least one plan"));
        return None;
    }
    if u64::try_from(n).is_ok_and(|n| n > limit) {
        let message = format!("{n} policies are listed; at most {limit} are allowed");
        cx.report(Problem::at(place.spot(), Code::TooManyPolicies, message, "list fewer").expected(limit).found(n));
        return None;
    }
    let plans: Vec<Option<Vec<Vec<usize>>>> = place.children().map(|item| plan(cx, item, &controls)).collect();
    check_lengths(cx, place);
    Some(Policies::Listed(plans.into_iter().collect::<Option<_>>()?))
}

fn plan(cx: &Context<'_>, place: Place<'_>, controls: &[&Axis]) -> Option<Vec<Vec<usize>>> {
    if !expect::list(cx.sink, place, "a plan", "a list of steps") {
        return None;
    }
    let (n, limit) = (place.len(), cx.limits.policy_length);
    if n == 0 || n > limit {
        let message = format!("a plan has {n} steps; it must have from 1 to {limit}");
        cx.report(Problem::at(place.spot(), Code::OutOfRange, message, "add or remove steps").found(n));
        return None;
    }
    let steps: Vec<Option<Vec<usize>>> =
        place.children().map(|item| step::read(cx, item, "a step of a plan", controls)).collect();
    steps.into_iter().collect()
}

/// Plans of another length than the first are wrong; plans that are none have been reported.
fn check_lengths(cx: &Context<'_>, place: Place<'_>) {
    let mut plans = place.children().filter(|plan| plan.is_list() && plan.len() > 0);
    let Some(first) = plans.next().map(Place::len) else { return };
    for plan in plans.filter(|plan| plan.len() != first) {
        let n = plan.len();
        let message = format!("this plan is of length {n}, the first one of length {first}");
        let mend = "give all plans the same length";
        cx.report(Problem::at(plan.spot(), Code::UnequalPolicies, message, mend).expected(first).found(n));
    }
}

/// Number of policies.
pub(in super::super) fn count_policies(policies: &Policies, controls: &[Axis]) -> Option<u64> {
    match policies {
        Policies::All { length } => Some(count_sequences(count_actions(controls)?, *length)),
        Policies::Listed(plans) => u64::try_from(plans.len()).ok(),
    }
}

/// Number of distinct beginnings of policies, whole ones included: each is evaluated once.
pub(in super::super) fn count_prefixes(policies: &Policies, controls: &[Axis]) -> Option<u64> {
    match policies {
        Policies::All { length } => {
            let actions = count_actions(controls)?;
            Some((1..=*length).fold(0_u64, |sum, n| sum.saturating_add(count_sequences(actions, n))))
        }
        Policies::Listed(plans) => {
            // In order, a plan shares with the one before it all that it shares with any before it.
            let mut plans: Vec<&Vec<Vec<usize>>> = plans.iter().collect();
            plans.sort_unstable();
            let shared = |a: &[Vec<usize>], b: &[Vec<usize>]| a.iter().zip(b).take_while(|(a, b)| a == b).count();
            let first = plans.first().map_or(0, |plan| plan.len());
            let further = plans.windows(2).map(|pair| match pair {
                [before, plan] => plan.len() - shared(before, plan),
                _ => 0,
            });
            u64::try_from(further.sum::<usize>() + first).ok()
        }
    }
}
