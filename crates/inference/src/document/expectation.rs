//! `tests`: expectations that travel with the model. They are resolved here and checked by whoever runs the agent.

use super::code::Code;
use super::context::Context;
use super::expect::{self, show, wrong_type};
use super::fields::{BOUNDS, Fields, TEST, THEN};
use super::names::{Axis, Kind};
use super::observation::{Reading, reading};
use super::problem::Problem;
use super::tree::Place;
use super::{patch, step};

/// What must hold after a sequence of observations.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Expectation {
    /// What is tested, for people.
    pub name: Option<String>,
    /// JSON pointer to it in the document.
    pub pointer: String,
    /// Its line in a YAML document.
    pub line: Option<u32>,
    /// Observations in order. Between them the agent's own choices are taken, unless one says what was executed.
    pub given: Vec<Reading>,
    /// What must hold after the last of them; all of it.
    pub then: Vec<Claim>,
}

/// One thing that must hold.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Claim {
    /// The value chosen for a control is one of these.
    Chosen {
        /// Index of the control.
        control: usize,
        /// Indices of the acceptable values.
        values: Vec<usize>,
    },
    /// The value chosen for a control is none of these.
    NotChosen {
        /// Index of the control.
        control: usize,
        /// Indices of the values that must not be chosen.
        values: Vec<usize>,
    },
    /// No state of a factor is more probable than this one.
    MostLikely {
        /// Index of the factor.
        factor: usize,
        /// Index of the state.
        state: usize,
    },
    /// The probability of a state lies within bounds.
    Belief {
        /// Index of the factor.
        factor: usize,
        /// Index of the state.
        state: usize,
        /// Smallest probability that is right.
        at_least: f64,
        /// Largest probability that is right.
        at_most: f64,
    },
}

/// Reads all tests; those that are wrong are left out.
pub(super) fn expectations(cx: &Context<'_>, place: Place<'_>) -> Vec<Expectation> {
    if !expect::list(cx.sink, place, "`tests`", "a list of tests") {
        return Vec::new();
    }
    let (n, limit) = (place.len(), cx.limits.tests);
    if n > limit {
        let message = format!("there are {n} tests; at most {limit} are allowed");
        cx.report(Problem::at(place.spot(), Code::TooManyTests, message, "keep fewer").expected(limit).found(n));
        return Vec::new();
    }
    place.children().filter_map(|item| expectation(cx, item)).collect()
}

fn expectation(cx: &Context<'_>, place: Place<'_>) -> Option<Expectation> {
    let fields = TEST.read(cx.sink, place, "a test")?;
    let name = fields.get("name").and_then(|name| expect::prose(cx.sink, name, "`name` of a test"));
    let given = fields.get("given").and_then(|given| readings(cx, given));
    let then = fields.get("then").and_then(|then| claims(cx, then));
    let line = place.spot().mark.map(|mark| mark.line);
    Some(Expectation { name: name.map(str::to_owned), pointer: place.pointer(), line, given: given?, then: then? })
}

fn readings(cx: &Context<'_>, place: Place<'_>) -> Option<Vec<Reading>> {
    if !expect::list(cx.sink, place, "`given` of a test", "a list of observations") {
        return None;
    }
    if place.len() == 0 {
        let message = "a test gives no observation, so nothing is decided";
        cx.report(Problem::at(
            place.spot(),
            Code::NothingExpected,
            message,
            "give at least one; `{}` observes nothing",
        ));
        return None;
    }
    for child in place.child(0).iter().flat_map(|first| first.children()) {
        let Some(key) = child.key().filter(|key| matches!(&*key.text, "executed" | "elapsed")) else { continue };
        let message = format!("`{}` in the first observation of a test speaks of a step before it", key.text);
        cx.report(Problem::at(
            key.spot(),
            Code::NoPreviousStep,
            message,
            "move it to a later observation, or remove it",
        ));
    }
    let readings: Vec<Option<Reading>> = place.children().map(|item| reading(cx, item)).collect();
    readings.into_iter().collect()
}

fn claims(cx: &Context<'_>, place: Place<'_>) -> Option<Vec<Claim>> {
    if let Some(claim) = bare_action(cx, place) {
        return Some(vec![claim]);
    }
    let fields = THEN.read(cx.sink, place, "`then` of a test")?;
    if place.len() == 0 {
        let message = "a test expects nothing";
        let mend = "add `action`, `not`, `most_likely` or `beliefs`";
        cx.report(Problem::at(place.spot(), Code::NothingExpected, message, mend));
        return None;
    }
    let mut claims = Vec::new();
    for (control, values) in choices(cx, &fields, "action") {
        claims.push(Claim::Chosen { control, values });
    }
    for (control, values) in choices(cx, &fields, "not") {
        claims.push(Claim::NotChosen { control, values });
    }
    for (axis, child) in by_factor(cx, &fields, "most_likely") {
        if let Some(word) = child.word() {
            let state = axis.labels.look_up(cx.sink, &word);
            claims.extend(state.map(|state| Claim::MostLikely { factor: axis.index, state }));
        } else {
            cx.report(wrong_type(child, "`most_likely`", &format!("a state of `{}`", axis.name)));
        }
    }
    for (axis, child) in by_factor(cx, &fields, "beliefs") {
        beliefs(cx, child, axis, &mut claims);
    }
    Some(claims)
}

/// An action without `action` before it is reported, and read as though that stood there.
fn bare_action(cx: &Context<'_>, place: Place<'_>) -> Option<Claim> {
    let [axis] = cx.names.controls.axes.as_slice() else { return None };
    let text = place.text()?;
    let value = axis.labels.find(text)?;
    let mut problem = wrong_type(place, "`then` of a test", "a map");
    problem.mend = format!("write `{{ action: {text} }}`");
    let patch = patch::replace(place.pointer(), serde_json::json!({ "action": text }));
    cx.report(problem.patch(patch));
    Some(Claim::Chosen { control: axis.index, values: vec![value] })
}

/// Values by control: `run`, `[run, wait]`, `{command: run}` or `{command: [run, wait]}`.
fn choices(cx: &Context<'_>, fields: &Fields<'_>, key: &str) -> Vec<(usize, Vec<usize>)> {
    let Some(place) = fields.get(key) else { return Vec::new() };
    let subject = format!("`{key}` of a test");
    let controls: Vec<&Axis> = cx.names.controls.axes.iter().collect();
    if controls.is_empty() {
        step::report_no_controls(cx, place, &subject);
        return Vec::new();
    }
    let values = |place: Place<'_>, axis: &Axis| -> (usize, Vec<usize>) {
        let one = |place: Place<'_>| step::value(cx, place, &subject, axis);
        let values =
            if place.is_list() { place.children().filter_map(one).collect() } else { one(place).into_iter().collect() };
        (axis.index, values)
    };
    if place.is_map() {
        let known = |child| Some(values(child, step::control(cx, child, &subject, &controls)?.1));
        place.children().filter_map(known).collect()
    } else if let [axis] = controls.as_slice() {
        vec![values(place, axis)]
    } else if !cx.names.controls.names.is_sure() {
        Vec::new()
    } else {
        cx.report(wrong_type(place, &subject, "a map by control, as there are several"));
        Vec::new()
    }
}

fn by_factor<'n, 't>(cx: &Context<'n>, fields: &Fields<'t>, key: &str) -> Vec<(&'n Axis, Place<'t>)> {
    let Some(place) = fields.get(key) else { return Vec::new() };
    if !expect::map(cx.sink, place, &format!("`{key}` of a test"), "a map by factor") {
        return Vec::new();
    }
    let refer = |child: Place<'t>| Some((cx.names.refer(cx.sink, &child.key()?, &[Kind::Factor])?, child));
    place.children().filter_map(refer).collect()
}

fn beliefs(cx: &Context<'_>, place: Place<'_>, axis: &Axis, claims: &mut Vec<Claim>) {
    if !expect::map(cx.sink, place, "`beliefs` of a test", "a map from states to bounds") {
        return;
    }
    for child in place.children() {
        let state = child.key().and_then(|key| axis.labels.look_up(cx.sink, &key));
        let subject = "a bound on a belief";
        let Some(fields) = BOUNDS.read(cx.sink, child, subject) else { continue };
        let bound = |key: &str, default: f64| match fields.get(key) {
            Some(place) => expect::within(cx.sink, place, subject, |p| (0.0..=1.0).contains(&p), "from 0 to 1"),
            None => Some(default),
        };
        let (Some(at_least), Some(at_most)) = (bound("at_least", 0.0), bound("at_most", 1.0)) else { continue };
        if child.len() == 0 {
            let message = "a belief is expected without a bound";
            cx.report(Problem::at(child.spot(), Code::NothingExpected, message, "add `at_least` or `at_most`"));
        } else if at_least > at_most {
            let message = format!("no probability is at least {} and at most {}", show(at_least), show(at_most));
            cx.report(Problem::at(child.spot(), Code::OutOfRange, message, "swap the two"));
        } else if let Some(state) = state {
            claims.push(Claim::Belief { factor: axis.index, state, at_least, at_most });
        }
    }
}
