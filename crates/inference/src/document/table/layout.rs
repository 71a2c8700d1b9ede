//! The shape of dense lists: what it should be, what it is, and where they differ.

use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect::{entries, wrong_type};
use crate::document::problem::Problem;
use crate::document::tree::Place;

/// One level of a nested list.
#[derive(Debug)]
pub(super) struct Level {
    /// How many entries it has; `None` when the declaration is not clear about that.
    pub(super) size: Option<usize>,
    /// For what there is one entry, such as "state of `pump`".
    pub(super) each: String,
}

/// The sizes of a nested list, if all lists of a level have the same length.
pub(super) fn shape(place: Place<'_>) -> Option<Vec<usize>> {
    if !place.is_list() {
        return (!place.is_map()).then(Vec::new);
    }
    let mut inner: Option<Vec<usize>> = None;
    for child in place.children() {
        let shape = shape(child)?;
        if *inner.get_or_insert_with(|| shape.clone()) != shape {
            return None;
        }
    }
    let mut shape = vec![place.len()];
    shape.extend(inner.unwrap_or_default());
    Some(shape)
}

pub(super) fn fits(shape: &[usize], levels: &[Level]) -> bool {
    shape.len() == levels.len()
        && shape.iter().zip(levels).all(|(&size, level)| level.size.is_none_or(|wanted| wanted == size))
}

/// The problem of a nested list that is regular, but not of the right shape.
pub(super) fn wrong_shape(place: Place<'_>, subject: &str, shape: &[usize], levels: &[Level]) -> Problem {
    let wanted: Vec<String> = levels.iter().map(|level| level.size.map_or("?".to_owned(), |n| n.to_string())).collect();
    let actual: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let each: Vec<&str> = levels.iter().map(|level| level.each.as_str()).collect();
    let found = match shape {
        [] => place.describe(),
        [n] => format!("a list of {n}"),
        _ => actual.join(" × "),
    };
    let message = format!("the table of {subject} is {found}; it should be {}", wanted.join(" × "));
    let mend = format!("write one entry for each {}", each.join(", in it one for each "));
    Problem::at(place.spot(), Code::WrongShape, message, mend).expected(wanted.join(" × ")).found(found)
}

/// Reports every list of an irregular nest that is not as long as it should be.
pub(super) fn report_irregular(cx: &Context<'_>, place: Place<'_>, subject: &str, levels: &[Level]) {
    let Some((level, inner)) = levels.split_first() else {
        if place.is_list() || place.is_map() {
            cx.report(wrong_type(place, &format!("an entry of {subject}"), "a number"));
        }
        return;
    };
    if !place.is_list() {
        let wanted = level.size.map_or("a list".to_owned(), |n| format!("a list of {n} entries"));
        let wanted = format!("{wanted}, one for each {}", level.each);
        return cx.report(wrong_type(place, &format!("this part of {subject}"), &wanted));
    }
    if let Some(size) = level.size.filter(|&size| size != place.len()) {
        let n = place.len();
        let message =
            format!("this list in {subject} has {}; it should have {size}, one for each {}", entries(n), level.each);
        let mend = if n < size { "add what is missing" } else { "remove what is too much" };
        cx.report(Problem::at(place.spot(), Code::WrongShape, message, mend).expected(size).found(n));
    }
    for child in place.children() {
        report_irregular(cx, child, subject, inner);
    }
}
