//! `preference`: what the agent wants, in nats. What is not named is 0.

use super::code::Code;
use super::context::Context;
use super::expect::{self, either};
use super::fields::JOINT;
use super::names::{Axis, Kind};
use super::problem::Problem;
use super::table::{Dependency, Frame, Pick, Region, dependencies};
use super::tree::{Place, Value};
use crate::model::{MOST_PREFERENCE, Moment, Preference};

const MOMENTS: [(&str, Moment); 2] = [("before", Moment::Before), ("after", Moment::After)];

/// Reads all preferences; those that are wrong are left out.
pub(super) fn preferences(cx: &Context<'_>, place: Place<'_>) -> Vec<Preference> {
    let mut preferences = Vec::new();
    if !expect::map(cx.sink, place, "`preference`", "a map by modality, factor or control") {
        return preferences;
    }
    for child in place.children() {
        let Some(key) = child.key() else { continue };
        if key.text == "joint" {
            if expect::list(cx.sink, child, "`joint`", "a list of tables") {
                preferences.extend(child.children().filter_map(|item| joint(cx, item)));
            }
        } else if let Some(axis) = cx.names.refer(cx.sink, &key, &[Kind::Modality, Kind::Factor, Kind::Control]) {
            preferences.extend(single(cx, child, axis));
        }
    }
    preferences
}

fn single(cx: &Context<'_>, place: Place<'_>, axis: &Axis) -> Option<Preference> {
    let subject = format!("preference for `{}`", axis.name);
    let mut frame = Frame::new(cx, place, subject, None, vec![Dependency::on(axis)]);
    let whole = frame.whole();
    values(cx, &mut frame, &whole, 0, place);
    let table = frame.finish()?;
    Some(match axis.kind {
        Kind::Modality => Preference::Observations { modality: axis.index, values: table.values },
        Kind::Factor | Kind::Control => Preference::Joint {
            factors: table.factors,
            controls: table.controls,
            at: Moment::After,
            values: table.values,
        },
    })
}

fn joint(cx: &Context<'_>, place: Place<'_>) -> Option<Preference> {
    let fields = JOINT.read(cx.sink, place, "a joint preference")?;
    let over = fields
        .get("over")
        .and_then(|over| dependencies(cx, over, "`over` of a joint preference", &[Kind::Factor, Kind::Control]));
    let at = fields.get("at").map(|at| expect::choice(cx.sink, at, "`at` of a joint preference", &MOMENTS));
    let over = over?;
    if over.is_empty() {
        let message = "a joint preference is over nothing";
        cx.report(Problem::at(place.spot(), Code::NothingDeclared, message, "name factors or controls in `over`"));
        return None;
    }
    let is_mixed =
        over.iter().any(|dep| dep.is_control) && over.iter().any(|dep| !dep.is_control && dep.axis.is_some());
    if is_mixed && at.is_none() {
        let message = "a joint preference over states and controls does not say which states it looks at";
        let mend = "add `at: before` (the states in which the action is taken) or `at: after` (those after it)";
        cx.report(Problem::at(place.spot(), Code::MomentMissing, message, mend).expected(vec!["before", "after"]));
    }
    let names: Vec<&str> = over.iter().map(Dependency::name).collect();
    let mut frame = Frame::new(cx, place, format!("joint preference over {}", names.join(", ")), None, over);
    let whole = frame.whole();
    if let Some(place) = fields.get("values") {
        values(cx, &mut frame, &whole, 0, place);
    }
    let table = frame.finish()?;
    let at = at.unwrap_or(Some(Moment::After))?;
    Some(Preference::Joint { factors: table.factors, controls: table.controls, at, values: table.values })
}

/// Reads values from the `level`-th dependency on: by name, as a list, or one number for all.
fn values(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, level: usize, place: Place<'_>) {
    let Some(dependency) = frame.dependencies.get(level).cloned() else {
        return constant(cx, frame, region, place);
    };
    match place.value() {
        Value::Map(_) => by_name(cx, frame, region, level, place, dependency.axis),
        Value::List(_) => {
            if let Some(size) = dependency.size().filter(|&size| size != place.len()) {
                report_length(cx, frame, place, size, &dependency);
            }
            for (index, child) in place.children().enumerate() {
                values(cx, frame, &at(region, level, vec![index]), level + 1, child);
            }
        }
        _ if level == 0 => {
            let wanted = format!("numbers by {}, or a list of them", dependency.describe());
            cx.report(expect::wrong_type(place, &frame.subject, &wanted));
        }
        _ => constant(cx, frame, region, place),
    }
}

fn constant(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>) {
    let inside = |value: f64| value.abs() <= MOST_PREFERENCE;
    let subject = format!("a value of {}", frame.subject);
    if let Some(value) = expect::within(cx.sink, place, &subject, inside, "from -1e9 to 1e9") {
        frame.fill(region, |_, _, _| value + 0.0);
    }
}

fn by_name(
    cx: &Context<'_>,
    frame: &mut Frame<'_>,
    region: &Region,
    level: usize,
    place: Place<'_>,
    axis: Option<&Axis>,
) {
    let Some(axis) = axis else { return };
    let matched = axis.labels.match_keys(cx.sink, place.children(), true);
    for (child, index) in matched.entries {
        values(cx, frame, &at(region, level, index.into_iter().collect()), level + 1, child);
    }
    if let Some(otherwise) = matched.otherwise {
        values(cx, frame, &at(region, level, matched.missing), level + 1, otherwise);
    }
}

fn at(region: &Region, level: usize, labels: Vec<usize>) -> Region {
    let mut region = region.clone();
    if let Some(pick) = region.picks.get_mut(level) {
        *pick = Pick::At(labels);
    }
    region
}

fn report_length(cx: &Context<'_>, frame: &Frame<'_>, place: Place<'_>, size: usize, dependency: &Dependency<'_>) {
    let n = place.len();
    let message = format!("this list in {} has {}; it should have {size}", frame.subject, expect::entries(n));
    let labels = dependency.axis.map(|axis| either(axis.labels.words())).unwrap_or_default();
    let mend = format!("write one number for each {}, or write them by name: {labels}", dependency.describe());
    cx.report(Problem::at(place.spot(), Code::WrongShape, message, mend).expected(size).found(n));
}
