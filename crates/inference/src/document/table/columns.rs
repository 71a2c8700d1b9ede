//! Tables by name: maps nested in the order of the dependencies.

use super::dense::column_subject;
use super::distribution::distribution;
use super::{Frame, Pick, Region};
use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect::{self, either};
use crate::document::names::{Axis, Matched};
use crate::document::problem::Problem;
use crate::document::tree::Place;

/// Reads the end of a nest.
pub(super) type Leaf<'l> = dyn FnMut(&Context<'_>, &mut Frame<'_>, &Region, Place<'_>) + 'l;

/// Reads `columns`: a distribution for each case of the dependencies that are open.
pub(super) fn read(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>) {
    let open = |&i: &usize| matches!(region.picks.get(i), Some(Pick::Open));
    let axes: Vec<usize> = (0..frame.dependencies.len()).filter(open).collect();
    nest(cx, frame, region, &axes, place, &mut |cx, frame, region, place| {
        let Some(outcome) = frame.outcome else { return };
        let subject = column_subject(&frame.subject, &region.path);
        if let Some(column) = distribution(cx, place, outcome, &subject) {
            frame.fill(region, |_, outcome, _| column.get(outcome).copied().unwrap_or(0.0));
        }
    });
}

/// Walks maps by name over these dependencies and reads what is at their ends. An entry under `else` is read once,
/// for all labels that are not named.
pub(super) fn nest(
    cx: &Context<'_>,
    frame: &mut Frame<'_>,
    region: &Region,
    axes: &[usize],
    place: Place<'_>,
    leaf: &mut Leaf<'_>,
) {
    let Some((&axis, inner)) = axes.split_first() else { return leaf(cx, frame, region, place) };
    let Some(dependency) = frame.dependencies.get(axis).cloned() else { return };
    let subject = column_subject(&frame.subject, &region.path);
    let Some(known) = dependency.axis else { return };
    if !expect::map(cx.sink, place, &subject, &format!("a map by {}", dependency.describe())) {
        return;
    }
    let matched = known.labels.match_keys(cx.sink, place, true);
    for &(child, index) in &matched.entries {
        let label = child.key().map(|key| key.text.into_owned()).unwrap_or_default();
        let label = index.map_or(label, |index| known.labels.word(index).to_owned());
        let region = picked(region, axis, index.into_iter().collect(), format!("{}={label}", known.name));
        nest(cx, frame, &region, inner, child, leaf);
    }
    match matched.otherwise {
        Some(otherwise) => {
            let region = picked(region, axis, matched.missing, format!("{}=else", known.name));
            nest(cx, frame, &region, inner, otherwise, leaf);
        }
        None => report_missing(cx, place, &subject, known, &matched),
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
