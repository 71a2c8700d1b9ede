//! `learning`: which tables an agent learns, and how many observations each is worth to begin with.

use super::code::Code;
use super::context::Context;
use super::expect;
use super::fields::{LEARNING, LESSON};
use super::names::Axis;
use super::preference::numbers;
use super::problem::Problem;
use super::table::{Dependency, Frame};
use super::tree::{Place, Value};
use crate::model::{Learnable, Learning, MOST_STRENGTH, Table};

/// The tables that can be learnt, as far as they could be read.
pub(super) struct Tables<'t> {
    pub(super) likelihoods: &'t [Option<Table>],
    pub(super) transitions: &'t [Option<Table>],
}

/// Reads what is learnt; what is wrong is left out.
pub(super) fn learning(cx: &Context<'_>, place: Place<'_>, tables: &Tables<'_>) -> Vec<Learning> {
    let Some(fields) = LEARNING.read(cx.sink, place, "`learning`") else { return Vec::new() };
    let mut lessons = Vec::new();
    let (factors, modalities) = (&cx.names.factors, &cx.names.modalities);
    for (key, group) in [("likelihood", modalities), ("transition", factors), ("prior", factors)] {
        let Some(place) = fields.get(key) else { continue };
        if !expect::map(cx.sink, place, &format!("`{key}` of `learning`"), "a map by name") {
            continue;
        }
        for (child, index) in group.names.match_keys(cx.sink, place.children(), false).entries {
            let Some((index, axis)) = index.and_then(|index| Some((index, group.axes.get(index)?))) else { continue };
            let subject = format!("learning of the {key} of `{}`", axis.name);
            let (what, table) = match key {
                "likelihood" => (Learnable::Likelihood(index), tables.likelihoods.get(index)),
                "transition" => (Learnable::Transition(index), tables.transitions.get(index)),
                _ => (Learnable::Prior(index), None),
            };
            lessons.extend(lesson(cx, child, &subject, what, table.map(Option::as_ref)));
        }
    }
    if let Some(place) = fields.get("habits") {
        lessons.extend(lesson(cx, place, "learning of the habits", Learnable::Habits, None));
    }
    lessons
}

/// `table` is that which is learnt, if it is one with dependencies and could be read.
fn lesson(
    cx: &Context<'_>,
    place: Place<'_>,
    subject: &str,
    what: Learnable,
    table: Option<Option<&Table>>,
) -> Option<Learning> {
    if !place.is_map() {
        return Some(Learning { what, strength: strength(cx, place, subject, table)?, rate: 1.0, forgetting: 0.0 });
    }
    let fields = LESSON.read(cx.sink, place, subject)?;
    let number = |key: &str, inside: fn(f64) -> bool, wanted: &str, default: f64| match fields.get(key) {
        Some(place) => expect::within(cx.sink, place, &format!("`{key}` of the {subject}"), inside, wanted),
        None => Some(default),
    };
    let rate = number("rate", |rate| (0.0..=MOST_STRENGTH).contains(&rate), "from 0 to 1e9", 1.0);
    let forgetting = number("forgetting", |share| (0.0..1.0).contains(&share), "from 0 to below 1", 0.0);
    let strength = fields.get("strength").and_then(|place| strength(cx, place, subject, table));
    Some(Learning { what, strength: strength?, rate: rate?, forgetting: forgetting? })
}

/// One number for all columns, or numbers by what the table depends on.
fn strength(cx: &Context<'_>, place: Place<'_>, subject: &str, table: Option<Option<&Table>>) -> Option<Vec<f64>> {
    let by_case = matches!(place.value(), Value::Map(_) | Value::List(_));
    let dependencies = match table {
        Some(table) => dependencies(cx, table?),
        None => Vec::new(),
    };
    if !by_case || dependencies.is_empty() {
        let columns = dependencies.iter().map(Dependency::size).try_fold(1_usize, |n, size| Some(n * size?))?;
        return Some(vec![count(cx, place, &format!("the strength of the {subject}"))?; columns]);
    }
    let mut frame = Frame::new(cx, place, format!("strength of the {subject}"), None, dependencies);
    let whole = frame.whole();
    numbers(cx, &mut frame, &whole, place, &count);
    let strength = frame.finish()?.values;
    if strength.contains(&0.0) && cx.sink.is_empty() {
        let message = format!("the strength of the {subject} leaves cases out");
        let mend = "name them all, or add `else`";
        cx.report(Problem::at(place.spot(), Code::MissingEntry, message, mend));
        return None;
    }
    Some(strength)
}

fn count(cx: &Context<'_>, place: Place<'_>, subject: &str) -> Option<f64> {
    let inside = |count: f64| count > 0.0 && count <= MOST_STRENGTH;
    expect::within(cx.sink, place, subject, inside, "above 0 and at most 1e9")
}

/// What a table depends on, in its own order.
fn dependencies<'n>(cx: &Context<'n>, table: &Table) -> Vec<Dependency<'n>> {
    let names = cx.names;
    let of = |indices: &[usize], axes: &'n [Axis]| -> Vec<Dependency<'n>> {
        indices.iter().filter_map(|index| axes.get(*index)).map(Dependency::on).collect()
    };
    [of(&table.factors, &names.factors.axes), of(&table.controls, &names.controls.axes)].concat()
}
