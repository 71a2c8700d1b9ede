//! Tables by case: for each value of the controls a table of its own, over the factors.

use super::columns::{End, column, nest};
use super::entry::{Form, read_form};
use super::loose::{self, Loose};
use super::word::WORDS;
use super::{Frame, Region};
use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::fields::CASE;
use crate::document::names::Axis;
use crate::document::problem::Problem;
use crate::document::tree::Place;

/// Reads `cases` into a whole table.
pub(super) fn read(cx: &Context<'_>, frame: &mut Frame<'_>, place: Place<'_>) {
    let controls = frame.controls();
    if controls.is_empty() {
        let message = format!("{} has `cases` but depends on no control", frame.subject);
        let mend = "name the control it depends on, or use `columns` for cases of a factor";
        return cx.report(Problem::at(place.key_spot(), Code::ConflictingKeys, message, mend));
    }
    let whole = frame.whole();
    nest(cx, frame, &whole, &controls, place, End::Case);
}

/// Reads the table of one case.
pub(super) fn case(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>) {
    if let Some(text) = place.text() {
        return if is_label(cx, frame.outcome, text) {
            column(cx, frame, region, place)
        } else {
            super::word::read(cx, frame, region, place)
        };
    }
    let open = frame.open(region);
    let open: Vec<&Axis> = open.iter().filter_map(|&i| frame.dependencies.get(i)?.axis).collect();
    let loose = Loose::find(cx, &CASE, place, &loose::axes(&open));
    let subject = super::dense::column_subject(&frame.subject, &region.path);
    if let Some(fields) = CASE.read_beside(cx.sink, place, &subject, |child| is_loose(loose.as_ref(), child))
        && let Some(form) = Form::of(cx, &fields, &subject, loose)
    {
        read_form(cx, frame, region, &form);
    }
}

/// Whether a word is (or was meant to be) the name of an outcome, which is then certain.
fn is_label(cx: &Context<'_>, outcome: Option<&Axis>, text: &str) -> bool {
    let Some(outcome) = outcome else { return false };
    let closest = |words: &mut dyn Iterator<Item = &'static str>| cx.sink.suggest(text, words).is_some();
    let is_word = WORDS.iter().any(|(word, _)| *word == text);
    let is_misspelt = || {
        cx.sink.suggest(text, outcome.labels.words().iter().map(String::as_str)).is_some()
            && !closest(&mut WORDS.iter().map(|(word, _)| *word))
    };
    !is_word && (outcome.labels.find(text).is_some() || is_misspelt())
}

pub(super) fn is_loose(loose: Option<&Loose<'_>>, child: Place<'_>) -> bool {
    loose.is_some_and(|loose| loose.holds(child))
}
