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
        if key.text == "by_step" {
            if expect::map(cx.sink, child, "`by_step`", "a map by modality") {
                preferences.extend(child.children().filter_map(|item| by_step(cx, item)));
            }
        } else if key.text == "joint" {
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
    numbers(cx, &mut frame, &whole, place, &value);
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

/// Values per step of a plan for the observations of a modality.
fn by_step(cx: &Context<'_>, place: Place<'_>) -> Option<Preference> {
    let axis = cx.names.refer(cx.sink, &place.key()?, &[Kind::Modality])?;
    let subject = format!("`by_step` for `{}`", axis.name);
    if !expect::list(cx.sink, place, &subject, "a list with the preferences of each step") {
        return None;
    }
    if place.len() == 0 {
        let mend = "write the preferences of one step at least";
        cx.report(Problem::at(place.spot(), Code::NothingDeclared, format!("{subject} lists no step"), mend));
        return None;
    }
    let steps: Vec<Option<Preference>> = place.children().map(|step| single(cx, step, axis)).collect();
    let values = |preference| match preference {
        Preference::Observations { values, .. } => Some(values),
        Preference::Timed { .. } | Preference::Joint { .. } => None,
    };
    let values = steps.into_iter().map(|step| step.and_then(values)).collect::<Option<_>>()?;
    Some(Preference::Timed { modality: axis.index, values })
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
        numbers(cx, &mut frame, &whole, place, &value);
    }
    let table = frame.finish()?;
    let at = at.unwrap_or(Some(Moment::After))?;
    Some(Preference::Joint { factors: table.factors, controls: table.controls, at, values: table.values })
}

/// How a number is read and checked; what it is comes in words.
pub(super) type Number<'f> = &'f dyn Fn(&Context<'_>, Place<'_>, &str) -> Option<f64>;

/// Reads numbers into a frame: by name, as lists, or one number for all that is behind it.
pub(super) fn numbers(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>, number: Number<'_>) {
    values(cx, frame, region, 0, place, number);
}

/// A preference in nats.
fn value(cx: &Context<'_>, place: Place<'_>, subject: &str) -> Option<f64> {
    let inside = |value: f64| value.abs() <= MOST_PREFERENCE;
    expect::within(cx.sink, place, subject, inside, "from -1e9 to 1e9")
}

/// Reads values from the `level`-th dependency on.
fn values(
    cx: &Context<'_>,
    frame: &mut Frame<'_>,
    region: &Region,
    level: usize,
    place: Place<'_>,
    number: Number<'_>,
) {
    let Some(dependency) = frame.dependencies.get(level).cloned() else {
        return constant(cx, frame, region, place, number);
    };
    match place.value() {
        Value::Map(_) => by_name(cx, frame, region, level, place, dependency.axis, number),
        Value::List(_) => {
            if let Some(size) = dependency.size().filter(|&size| size != place.len()) {
                report_length(cx, frame, place, size, &dependency);
            }
            for (index, child) in place.children().enumerate() {
                values(cx, frame, &at(region, level, vec![index]), level + 1, child, number);
            }
        }
        _ if level == 0 => {
            let wanted = format!("numbers by {}, or a list of them", dependency.describe());
            cx.report(expect::wrong_type(place, &frame.subject, &wanted));
        }
        _ => constant(cx, frame, region, place, number),
    }
}

fn constant(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>, number: Number<'_>) {
    let subject = format!("a value of {}", frame.subject);
    if let Some(value) = number(cx, place, &subject) {
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
    number: Number<'_>,
) {
    let Some(axis) = axis else { return };
    let matched = axis.labels.match_keys(cx.sink, place.children(), true);
    for (child, index) in matched.entries {
        values(cx, frame, &at(region, level, index.into_iter().collect()), level + 1, child, number);
    }
    if let Some(otherwise) = matched.otherwise {
        values(cx, frame, &at(region, level, matched.missing), level + 1, otherwise, number);
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
