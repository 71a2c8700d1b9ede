//! An action: a value for each control, by name, or just the value when there is one control.

use super::code::Code;
use super::context::Context;
use super::expect::{either, wrong_type};
use super::names::Axis;
use super::problem::Problem;
use super::tree::Place;

/// Reads a value for each of these controls.
pub(super) fn read(cx: &Context<'_>, place: Place<'_>, subject: &str, controls: &[&Axis]) -> Option<Vec<usize>> {
    if controls.is_empty() {
        report_no_controls(cx, place, subject);
        return None;
    }
    if !place.is_map() {
        return Some(vec![single(cx, place, subject, controls)?]);
    }
    let mut values: Vec<Option<usize>> = vec![None; controls.len()];
    let mut strange = false;
    for child in place.children() {
        let Some((control, value)) = entry(cx, child, subject, controls) else {
            strange = true;
            continue;
        };
        if let Some(slot) = values.get_mut(control) {
            *slot = Some(value);
        }
    }
    let missing: Vec<&str> =
        controls.iter().zip(&values).filter(|(_, value)| value.is_none()).map(|(axis, _)| axis.name.as_str()).collect();
    if !missing.is_empty() && !strange {
        let message = format!("{subject} leaves {} out", either(&missing));
        let mend = "name a value for each control";
        cx.report(Problem::at(place.spot(), Code::ControlNotNamed, message, mend).expected(missing));
    }
    values.into_iter().collect()
}

/// The value under the name of one of these controls, with the position of the control among them.
pub(super) fn entry(cx: &Context<'_>, child: Place<'_>, subject: &str, controls: &[&Axis]) -> Option<(usize, usize)> {
    let (position, axis) = control(cx, child, subject, controls)?;
    Some((position, value(cx, child, &format!("`{}` in {subject}", axis.name), axis)?))
}

/// Which of these controls a key names.
pub(super) fn control<'n>(
    cx: &Context<'n>,
    child: Place<'_>,
    subject: &str,
    controls: &[&'n Axis],
) -> Option<(usize, &'n Axis)> {
    let key = child.key()?;
    let axis = cx.names.refer(cx.sink, &key, &[super::names::Kind::Control])?;
    let position = controls.iter().position(|control| std::ptr::eq(*control, axis));
    if position.is_none() {
        let names: Vec<&str> = controls.iter().map(|axis| axis.name.as_str()).collect();
        let message = format!("{subject} cannot name `{}`, only {}", axis.name, either(&names));
        cx.report(Problem::at(key.spot(), Code::WrongKind, message, "remove it").expected(names).found(&*axis.name));
    }
    Some((position?, axis))
}

pub(super) fn report_no_controls(cx: &Context<'_>, place: Place<'_>, subject: &str) {
    if cx.names.controls.names.is_sure() {
        let message = format!("{subject} names an action, but the model has no controls");
        cx.report(Problem::at(place.spot(), Code::NoControls, message, "remove it, or declare `controls`"));
    }
}

/// The value of the only control.
pub(super) fn single(cx: &Context<'_>, place: Place<'_>, subject: &str, controls: &[&Axis]) -> Option<usize> {
    let [axis] = controls else {
        if !cx.names.controls.names.is_sure() {
            return None;
        }
        let names: Vec<&str> = controls.iter().map(|axis| axis.name.as_str()).collect();
        cx.report(wrong_type(place, subject, &format!("a map with a value for each of {}", either(&names))));
        return None;
    };
    value(cx, place, subject, axis)
}

/// A value of one control.
pub(super) fn value(cx: &Context<'_>, place: Place<'_>, subject: &str, axis: &Axis) -> Option<usize> {
    let Some(word) = place.word() else {
        cx.report(wrong_type(place, subject, &format!("a value of `{}`", axis.name)));
        return None;
    };
    axis.labels.look_up(cx.sink, &word)
}
