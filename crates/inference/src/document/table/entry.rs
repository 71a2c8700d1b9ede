//! One entry of `likelihood` or `transition`, and all of them.

use super::distribution::count;
use super::loose::{self, Loose};
use super::{Dependency, Frame, Region, cases, columns, dense, dependencies, word};
use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect;
use crate::document::fields::{Fields, LIKELIHOOD, TRANSITION};
use crate::document::names::{Axis, Kind};
use crate::document::problem::Problem;
use crate::document::tree::Place;
use crate::model::Table;

/// What a table is made of.
pub(super) struct Form<'t> {
    key: &'static str,
    place: Place<'t>,
    noise: Option<f64>,
    /// Stands in the place itself, and not under the key.
    loose: Option<Loose<'t>>,
}

impl<'t> Form<'t> {
    /// The one form among the keys of an entry; none or several are a problem.
    pub(super) fn of(cx: &Context<'_>, fields: &Fields<'t>, subject: &str, loose: Option<Loose<'t>>) -> Option<Self> {
        let noise = match fields.get("noise") {
            Some(place) => {
                let subject = format!("`noise` of {subject}");
                expect::within(cx.sink, place, &subject, |noise| (0.0..=1.0).contains(&noise), "from 0 to 1")
            }
            None => Some(0.0),
        };
        let form = |key: &'static str| Some((key, fields.get(key)?));
        let mut forms = ["table", "columns", "cases"].into_iter().filter_map(form);
        let Some((key, place)) = forms.next() else {
            if let Some(loose) = loose {
                loose.report(cx, fields.place, subject);
                return Some(Self { key: loose.key, place: fields.place, noise, loose: Some(loose) });
            }
            let message = format!("{subject} has neither `table` nor `columns` nor `cases`");
            let mend = "add one of them; `table: uniform` is the shortest";
            cx.report(Problem::at(fields.place.spot(), Code::ConflictingKeys, message, mend));
            return None;
        };
        if let Some((second, place)) = forms.next() {
            let message = format!("{subject} has both `{key}` and `{second}`");
            cx.report(Problem::at(place.key_spot(), Code::ConflictingKeys, message, "keep one of the two"));
            return None;
        }
        Some(Self { key, place, noise, loose: None })
    }
}

/// Reads a form into a region of a table.
pub(super) fn read_form(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, form: &Form<'_>) {
    // With a dependency that is not known, neither is known how deep lists and maps are nested.
    if frame.dependencies.iter().any(|dependency| dependency.axis.is_none()) {
        return;
    }
    match form.key {
        _ if form.loose.is_some() => form.loose.iter().for_each(|loose| loose.read(cx, frame, region, form.place)),
        "columns" => columns::read(cx, frame, region, form.place),
        "cases" => cases::read(cx, frame, form.place),
        _ if form.place.text().is_some() => word::read(cx, frame, region, form.place),
        _ => dense::read(cx, frame, region, form.place),
    }
    if let Some(noise) = form.noise.filter(|&noise| noise > 0.0) {
        let n = count(frame.outcome.and_then(Axis::size).unwrap_or(1));
        frame.fill(region, |_, _, p| (1.0 - noise) * p + noise / n);
    }
}

/// A likelihood, and the values of its controls that precede the first observation.
pub(in super::super) type Likelihood = (Table, Option<Vec<usize>>);

/// Reads `likelihood`; what is wrong is `None`.
pub(in super::super) fn likelihoods(cx: &Context<'_>, place: Place<'_>) -> Vec<Option<Likelihood>> {
    each(cx, place, Kind::Modality, Code::MissingLikelihood, likelihood)
}

/// Reads `transition`; what is wrong is `None`.
pub(in super::super) fn transitions(cx: &Context<'_>, place: Place<'_>) -> Vec<Option<Table>> {
    each(cx, place, Kind::Factor, Code::MissingTransition, transition)
}

fn each<T>(
    cx: &Context<'_>,
    place: Place<'_>,
    kind: Kind,
    missing: Code,
    read: impl Fn(&Context<'_>, Place<'_>, &Axis) -> Option<T>,
) -> Vec<Option<T>> {
    let section = if kind == Kind::Factor { "transition" } else { "likelihood" };
    let group = cx.names.group(kind);
    let mut found: Vec<Option<T>> = group.axes.iter().map(|_| None).collect();
    if !expect::map(cx.sink, place, &format!("`{section}`"), &format!("a map by {}", kind.noun())) {
        return found;
    }
    let matched = group.names.match_keys(cx.sink, place.children(), false);
    for (child, index) in matched.entries {
        if let Some((axis, slot)) = index.and_then(|i| Some((group.axes.get(i)?, found.get_mut(i)?))) {
            *slot = read(cx, child, axis);
        }
    }
    for name in matched.missing.iter().map(|&index| group.names.word(index)) {
        let message = format!("{} `{name}` has no {section}", kind.noun());
        let mend = match kind {
            Kind::Factor => format!("add `{name}` to `{section}`; `{name}: identity` if it stays as it is"),
            _ => format!("add `{name}` to `{section}`; `{name}: uniform` is the shortest"),
        };
        cx.report(Problem::at(place.spot(), missing, message, mend).expected(name));
    }
    found
}

fn likelihood(cx: &Context<'_>, place: Place<'_>, axis: &Axis) -> Option<Likelihood> {
    let subject = format!("likelihood of `{}`", axis.name);
    if let Some(text) = place.text() {
        let mut frame = Frame::new(cx, place, subject, Some(axis), as_word(cx, text, axis));
        let whole = frame.whole();
        word::read(cx, &mut frame, &whole, place);
        return Some((frame.finish()?, None));
    }
    let loose = loose::of_likelihood(cx, place);
    let is_loose = |child| cases::is_loose(loose.as_ref(), child);
    let fields = LIKELIHOOD.read_beside(cx.sink, place, &subject, is_loose)?;
    let given = fields.get("given");
    let kinds = [Kind::Factor, Kind::Control];
    let found = given.and_then(|given| dependencies(cx, given, &format!("`given` of {subject}"), &kinds));
    let form = Form::of(cx, &fields, &subject, loose);
    let dependencies = found?;
    let initial = fields.get("initial").and_then(|place| initial(cx, place, &subject, &dependencies));
    let mut frame = Frame::new(cx, place, subject, Some(axis), dependencies);
    let whole = frame.whole();
    read_form(cx, &mut frame, &whole, &form?);
    Some((frame.finish()?, initial))
}

/// The control values that precede the first observation.
fn initial(cx: &Context<'_>, place: Place<'_>, subject: &str, dependencies: &[Dependency<'_>]) -> Option<Vec<usize>> {
    let controls = dependencies.iter().filter(|dependency| dependency.is_control);
    let controls: Vec<&Axis> = controls.filter_map(|dependency| dependency.axis).collect();
    if !controls.is_empty() {
        return crate::document::step::read(cx, place, &format!("`initial` of {subject}"), &controls);
    }
    if dependencies.iter().all(|dependency| dependency.axis.is_some()) {
        let message = format!("{subject} has `initial`, but depends on no control");
        let mend = "remove `initial`, or name the control in `given`";
        cx.report(Problem::at(place.key_spot(), Code::NeedlessInitial, message, mend));
    }
    None
}

/// Without `given`, `identity` depends on the only factor with as many states, `uniform` on nothing.
fn as_word<'n>(cx: &Context<'n>, text: &str, axis: &Axis) -> Vec<Dependency<'n>> {
    let same_size = |factor: &&&Axis| factor.size() == axis.size();
    let factors: Vec<&Axis> = cx.names.factors.axes.iter().collect();
    let identical = factors.iter().filter(same_size).filter(|_| text == "identity");
    identical.map(|factor| Dependency::on(factor)).collect()
}

fn transition(cx: &Context<'_>, place: Place<'_>, axis: &Axis) -> Option<Table> {
    let subject = format!("transition of `{}`", axis.name);
    let own = cx.names.factors.axes.get(axis.index).map(Dependency::on);
    if place.text().is_some() {
        let mut frame = Frame::new(cx, place, subject, Some(axis), own.into_iter().collect());
        let whole = frame.whole();
        word::read(cx, &mut frame, &whole, place);
        return frame.finish();
    }
    let loose = loose::of_transition(cx, place, axis);
    let is_loose = |child| cases::is_loose(loose.as_ref(), child);
    let fields = TRANSITION.read_beside(cx.sink, place, &subject, is_loose)?;
    let read = |key: &str, kind: Kind| {
        let subject = format!("`{key}` of {subject}");
        fields.get(key).map(|place| dependencies(cx, place, &subject, &[kind]))
    };
    let given = read("given", Kind::Factor).unwrap_or_else(|| Some(own.into_iter().collect()));
    let by = read("by", Kind::Control).unwrap_or_else(|| Some(Vec::new()));
    let form = Form::of(cx, &fields, &subject, loose);
    let dependencies = [given?, by?].concat();
    let mut frame = Frame::new(cx, place, subject, Some(axis), dependencies);
    let whole = frame.whole();
    read_form(cx, &mut frame, &whole, &form?);
    frame.finish()
}
