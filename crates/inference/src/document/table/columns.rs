//! Tables by name: maps nested in the order of the dependencies.

use super::dense::column_subject;
use super::distribution::distribution;
use super::{Frame, Pick, Region, cases, flat};
use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect::{self, either};
use crate::document::names::{Axis, Matched};
use crate::document::problem::Problem;
use crate::document::tree::Place;

/// What stands at the ends of a nest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Distribution,
    Case,
}

impl End {
    fn read(self, cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>) {
        match self {
            End::Distribution => column(cx, frame, region, place),
            End::Case => cases::case(cx, frame, region, place),
        }
    }
}

/// Reads a distribution into all columns of a region.
pub(super) fn column(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>) {
    let Some(outcome) = frame.outcome else { return };
    let subject = column_subject(&frame.subject, &region.path);
    if let Some(column) = distribution(cx, place, outcome, &subject) {
        frame.fill(region, |_, outcome, _| column.get(outcome).copied().unwrap_or(0.0));
    }
}

/// Reads `columns`: a distribution for each case of the dependencies that are open.
pub(super) fn read(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>) {
    nest(cx, frame, region, &frame.open(region), place, End::Distribution);
}

/// Walks maps by name over these dependencies and reads what is at their ends. An entry under `else` is read once,
/// for all labels that are not named.
pub(super) fn nest(
    cx: &Context<'_>,
    frame: &mut Frame<'_>,
    region: &Region,
    axes: &[usize],
    place: Place<'_>,
    end: End,
) {
    let Some(&axis) = axes.first() else { return end.read(cx, frame, region, place) };
    let Some(dependency) = frame.dependencies.get(axis).cloned() else { return };
    let subject = column_subject(&frame.subject, &region.path);
    let Some(known) = dependency.axis else { return };
    if end == End::Distribution && flat::read(cx, frame, region, axes, place) {
        return;
    }
    if expect::map(cx.sink, place, &subject, &format!("a map by {}", dependency.describe())) {
        let matched = known.labels.match_keys(cx.sink, place.children(), true);
        descend(cx, frame, region, axes, place, &matched, end);
    }
}

/// Reads what stands under the labels of the first of these dependencies.
pub(super) fn descend(
    cx: &Context<'_>,
    frame: &mut Frame<'_>,
    region: &Region,
    axes: &[usize],
    place: Place<'_>,
    matched: &Matched<'_>,
    end: End,
) {
    let Some((&axis, inner)) = axes.split_first() else { return };
    let Some(known) = frame.dependencies.get(axis).and_then(|dependency| dependency.axis) else { return };
    for &(child, index) in &matched.entries {
        let label = child.key().map(|key| key.text.into_owned()).unwrap_or_default();
        let label = index.map_or(label, |index| known.labels.word(index).to_owned());
        let region = picked(region, axis, index.into_iter().collect(), format!("{}={label}", known.name));
        nest(cx, frame, &region, inner, child, end);
    }
    match matched.otherwise {
        Some(otherwise) => {
            let region = picked(region, axis, matched.missing.clone(), format!("{}=else", known.name));
            nest(cx, frame, &region, inner, otherwise, end);
        }
        None => report_missing(cx, place, &column_subject(&frame.subject, &region.path), known, matched),
    }
}

fn picked(region: &Region, axis: usize, labels: Vec<usize>, shown: String) -> Region {
    let mut region = region.clone();
    if let Some(pick) = region.picks.get_mut(axis) {
        *pick = Pick::At(labels);
    }
    region.path.push(shown);
    region
}

fn report_missing(cx: &Context<'_>, place: Place<'_>, subject: &str, axis: &Axis, matched: &Matched<'_>) {
    let missing: Vec<&str> = matched.missing.iter().map(|&index| axis.labels.word(index)).collect();
    if missing.is_empty() {
        return;
    }
    let message = format!("{subject} says nothing for {}={}", axis.name, missing.join(", "));
    let mend = format!("add {}, or `else` for every {} that is not named", either(&missing), axis.kind.label());
    cx.report(Problem::at(place.spot(), Code::MissingEntry, message, mend).expected(missing));
}
