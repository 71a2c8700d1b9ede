//! A level of `columns` that is missing: a distribution, or what belongs to a later dependency, stands too early.

use super::columns::{End, nest};
use super::dense::column_subject;
use super::{Frame, Region};
use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect::{self, show};
use crate::document::names::Axis;
use crate::document::patch::{PatchOp, replace};
use crate::document::problem::Problem;
use crate::document::tree::{Place, Value, escape, fraction};

/// Reports what stands too early where a map by the first of these dependencies is expected, and reads it as though it
/// made no difference; says whether there is such a thing.
pub(super) fn read(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, axes: &[usize], place: Place<'_>) -> bool {
    let Some((levels, what)) = missing(frame, axes, place) else { return false };
    let (left_out, rest) = axes.split_at(levels.min(axes.len()));
    let left_out = left_out.iter().filter_map(|&axis| Some(format!("`{}`", frame.dependencies.get(axis)?.name())));
    let subject = column_subject(&frame.subject, &region.path);
    let left_out = left_out.collect::<Vec<_>>().join(" and ");
    let message = format!("{subject} is {what}, but the table also depends on {left_out}");
    let key = place.key().map(|key| format!("{}: ", key.text)).unwrap_or_default();
    let wrapped = (0..levels).fold(shown(place), |inner, _| format!("{{ else: {inner} }}"));
    let mend = format!("write `{key}{wrapped}` if {left_out} makes no difference, or one for each");
    let problem = Problem::at(place.spot(), Code::WrongType, message, mend);
    cx.report(problem.found(expect::found(place)).patch(wrap(place, levels)));
    if place.is_map() {
        nest(cx, frame, region, rest, place, End::Distribution);
    }
    true
}

/// How many levels are missing, and what stands there instead.
fn missing(frame: &Frame<'_>, axes: &[usize], place: Place<'_>) -> Option<(usize, String)> {
    let outcome = frame.outcome?;
    let of = |axis: &usize| frame.dependencies.get(*axis)?.axis;
    let knows = |axis: &Axis, child: Place<'_>| child.key().is_some_and(|key| axis.labels.find(&key.text).is_some());
    let fits = |axis: &Axis| place.len() > 0 && place.children().all(|child| knows(axis, child));
    let first = axes.first().and_then(of)?;
    let is_case = place.children().any(|child| knows(first, child));
    if is_distribution(place, outcome, is_case) {
        return Some((axes.len(), format!("a distribution over `{}`", outcome.name)));
    }
    if !place.is_map() || is_case {
        return None;
    }
    let later = axes.iter().position(|axis| of(axis).is_some_and(fits))?;
    Some((later, format!("a map by {}", frame.dependencies.get(*axes.get(later)?)?.describe())))
}

/// With keys that could also be cases of the dependency, only good numbers tell, as a case is never a number.
fn is_distribution(place: Place<'_>, outcome: &Axis, is_case: bool) -> bool {
    let is_share = |child: Place<'_>| match child.value() {
        Value::Number(p) => !is_case || (0.0..=1.0).contains(p),
        Value::Text(text) if text.ends_with('%') => true,
        Value::Text(text) => fraction(text).is_some_and(|p| (0.0..=1.0).contains(&p)),
        _ => false,
    };
    let is_outcome = |text: &str| outcome.labels.find(text).is_some();
    let mut children = place.children();
    match place.value() {
        Value::Map(_) => {
            place.len() > 0 && children.all(|child| is_share(child) && child.key().is_some_and(|k| is_outcome(&k.text)))
        }
        Value::List(_) => outcome.size() == Some(place.len()) && children.all(is_share),
        Value::Text(text) => **text == *"uniform" || is_outcome(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The distribution as it is written, unless it is long.
fn shown(place: Place<'_>) -> String {
    const MOST: usize = 6;
    let value = |child: Place<'_>| match child.value() {
        Value::Number(number) => show(*number),
        _ => child.word().map_or_else(|| "…".to_owned(), |word| word.text.into_owned()),
    };
    let entry = |child: Place<'_>| match child.key() {
        Some(key) if place.is_map() => format!("{}: {}", key.text, value(child)),
        _ => value(child),
    };
    let inside = || place.children().map(entry).collect::<Vec<_>>().join(", ");
    match place.value() {
        Value::Map(_) | Value::List(_) if place.len() > MOST => "…".to_owned(),
        Value::Map(_) => format!("{{ {} }}", inside()),
        Value::List(_) => format!("[{}]", inside()),
        _ => value(place),
    }
}

/// Puts the missing levels in. Entries of a map are moved, so that what patches made of them before is kept.
fn wrap(place: Place<'_>, levels: usize) -> Vec<PatchOp> {
    let around = |inner, levels| (0..levels).fold(inner, |inner, _| serde_json::json!({ "else": inner }));
    let path = place.pointer();
    if !place.is_map() {
        return replace(path, around(place.to_json(), levels));
    }
    let inside = format!("{path}{}", "/else".repeat(levels));
    let empty = around(serde_json::json!({}), levels.saturating_sub(1));
    let keys = place.children().filter_map(|child| Some(escape(&child.key()?.text)));
    let moves = keys.map(|key| PatchOp::Move { from: format!("{path}/{key}"), path: format!("{inside}/{key}") });
    std::iter::once(PatchOp::Add { path: format!("{path}/else"), value: empty }).chain(moves).collect()
}
