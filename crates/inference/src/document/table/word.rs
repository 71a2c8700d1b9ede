//! Tables in a word: `identity` and `uniform`.

use super::distribution::count;
use super::{Frame, Pick, Region};
use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect;
use crate::document::names::{Axis, Kind};
use crate::document::problem::Problem;
use crate::document::tree::Place;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Identity,
    Uniform,
}

/// The words, as they are written.
pub(super) const WORDS: [(&str, Word); 2] = [("identity", Word::Identity), ("uniform", Word::Uniform)];

/// Reads a word into a region.
pub(super) fn read(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>) {
    match expect::choice(cx.sink, place, &frame.subject, &WORDS) {
        Some(Word::Uniform) => {
            let n = count(frame.outcome.and_then(Axis::size).unwrap_or(1));
            frame.fill(region, |_, _, _| 1.0 / n);
        }
        Some(Word::Identity) => {
            if let Some(source) = source(cx, frame, region, place) {
                let copied = |index: &[usize]| index.get(source).copied();
                frame.fill(region, |index, outcome, _| f64::from(u8::from(copied(index) == Some(outcome))));
            }
        }
        None => {}
    }
}

/// Which dependency `identity` copies: of a transition its own factor, of a likelihood the only factor with as many
/// states as there are observations.
fn source(cx: &Context<'_>, frame: &Frame<'_>, region: &Region, place: Place<'_>) -> Option<usize> {
    let outcome = frame.outcome?;
    let size = outcome.size()?;
    let candidates: Vec<usize> = frame
        .dependencies
        .iter()
        .enumerate()
        .filter(|(i, dependency)| {
            let open = matches!(region.picks.get(*i), Some(Pick::Open));
            let own = dependency.axis.is_some_and(|axis| std::ptr::eq(axis, outcome));
            open && !dependency.is_control
                && (own || (outcome.kind == Kind::Modality && dependency.size() == Some(size)))
        })
        .map(|(i, _)| i)
        .collect();
    if let [source] = candidates.as_slice() {
        return Some(*source);
    }
    if frame.dependencies.iter().any(|dependency| dependency.size().is_none()) {
        return None;
    }
    let (message, mend) = if outcome.kind == Kind::Factor {
        let message = format!("{} is `identity`, but `given` does not name `{}` itself", frame.subject, outcome.name);
        (message, format!("add `{}` to `given`", outcome.name))
    } else {
        let n = if candidates.is_empty() { "no factor" } else { "more than one factor" };
        let message = format!("{} is `identity`, but {n} in `given` has {size} states", frame.subject);
        (message, "name in `given` just one factor with as many states as there are observations".to_owned())
    };
    cx.report(Problem::at(place.spot(), Code::IdentityUnclear, message, mend));
    None
}
