//! Tables by case: for each value of the controls a table of its own, over the factors.

use super::columns::nest;
use super::entry::{Form, read_form};
use super::{Frame, Region};
use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::fields::CASE;
use crate::document::problem::Problem;
use crate::document::tree::Place;

/// Reads `cases` into a whole table.
pub(super) fn read(cx: &Context<'_>, frame: &mut Frame<'_>, place: Place<'_>) {
    let is_control = |&i: &usize| frame.dependencies.get(i).is_some_and(|dependency| dependency.is_control);
    let controls: Vec<usize> = (0..frame.dependencies.len()).filter(is_control).collect();
    if controls.is_empty() {
        let message = format!("{} has `cases` but depends on no control", frame.subject);
        let mend = "name the control it depends on, or use `columns` for cases of a factor";
        return cx.report(Problem::at(place.key_spot(), Code::ConflictingKeys, message, mend));
    }
    let whole = frame.whole();
    nest(cx, frame, &whole, &controls, place, &mut case);
}

fn case(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>) {
    if place.text().is_some() {
        return super::word::read(cx, frame, region, place);
    }
    let subject = super::dense::column_subject(&frame.subject, &region.path);
    if let Some(fields) = CASE.read(cx.sink, place, &subject)
        && let Some(form) = Form::of(cx, &fields, &subject)
    {
        read_form(cx, frame, region, &form);
    }
}
