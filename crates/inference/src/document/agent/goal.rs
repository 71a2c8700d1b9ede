//! `goal`: states to be reached, however far away.

use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect;
use crate::document::fields::GOAL;
use crate::document::names::Axis;
use crate::document::problem::Problem;
use crate::document::tree::Place;
use crate::engine::{Goal, MOST_GOAL_DEPTH};

pub(super) fn read(cx: &Context<'_>, place: Place<'_>) -> Option<Goal> {
    let fields = GOAL.read(cx.sink, place, "`goal`")?;
    let states = fields.get("reach").and_then(|place| states(cx, place));
    let most = u32::try_from(MOST_GOAL_DEPTH).unwrap_or(u32::MAX);
    let depth = match fields.get("within") {
        Some(place) => expect::whole(cx.sink, place, "`within` of `goal`", 1, most),
        None => Some(32),
    };
    let number = |key: &str, inside: fn(f64) -> bool, wanted: &str, default: f64| match fields.get(key) {
        Some(place) => expect::within(cx.sink, place, &format!("`{key}` of `goal`"), inside, wanted),
        None => Some(default),
    };
    let threshold = number("threshold", |p| (0.0..1.0).contains(&p), "from 0 to below 1", 0.1);
    let weight = number("weight", |weight| weight > 0.0 && weight < 1.0, "above 0 and below 1", 0.001);
    Some(Goal { states: states?, depth: usize::try_from(depth?).ok()?, threshold: threshold?, weight: weight? })
}

/// Per factor the states that are wanted.
fn states(cx: &Context<'_>, place: Place<'_>) -> Option<Vec<Vec<usize>>> {
    let group = &cx.names.factors;
    if !expect::map(cx.sink, place, "`reach` of `goal`", "a map by factor") {
        return None;
    }
    let mut states = vec![Vec::new(); group.axes.len()];
    let mut well = true;
    for (child, index) in group.names.match_keys(cx.sink, place.children(), false).entries {
        let slot = index.and_then(|index| Some((group.axes.get(index)?, states.get_mut(index)?)));
        let Some((axis, slot)) = slot else {
            well = false;
            continue;
        };
        match of_factor(cx, child, axis) {
            Some(found) => *slot = found,
            None => well = false,
        }
    }
    if well && states.iter().all(Vec::is_empty) {
        let message = "`reach` of `goal` names no state";
        cx.report(Problem::at(
            place.spot(),
            Code::NothingDeclared,
            message,
            "name a factor and the states to be reached",
        ));
        return None;
    }
    well.then_some(states)
}

fn of_factor(cx: &Context<'_>, place: Place<'_>, axis: &Axis) -> Option<Vec<usize>> {
    let alone = (!place.is_list()).then_some(place);
    let found: Vec<Option<usize>> = alone
        .into_iter()
        .chain(place.children().filter(|_| alone.is_none()))
        .map(|item| match item.word() {
            Some(word) => axis.labels.look_up(cx.sink, &word),
            None => {
                let subject = format!("a state of `{}` in `goal`", axis.name);
                cx.report(expect::wrong_type(item, &subject, "the name of a state"));
                None
            }
        })
        .collect();
    found.into_iter().collect()
}
