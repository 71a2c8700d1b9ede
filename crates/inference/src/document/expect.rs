//! Scalars, lists and maps as the format expects them, or a problem.

use super::code::Code;
use super::problem::Problem;
use super::sink::Sink;
use super::tree::{Place, Value, fraction};

/// A value of the wrong kind. `subject` is what it is, `wanted` what it should be.
pub(super) fn wrong_type(place: Place<'_>, subject: &str, wanted: &str) -> Problem {
    let message = format!("{subject} should be {wanted}, but is {}", place.describe());
    Problem::at(place.spot(), Code::WrongType, message, format!("write {wanted}")).expected(wanted).found(found(place))
}

/// What stands there, for a problem's `found`: the value, unless it is large.
pub(super) fn found(place: Place<'_>) -> serde_json::Value {
    let is_small = place.len() <= 8 && place.children().all(|child| child.len() == 0);
    if is_small { place.to_json() } else { place.describe().into() }
}

/// The beginning of a text, for a message.
pub(super) fn clip(text: &str) -> String {
    const LONGEST: usize = 64;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

pub(super) fn map(sink: &Sink, place: Place<'_>, subject: &str, wanted: &str) -> bool {
    if !place.is_map() {
        sink.report(wrong_type(place, subject, wanted));
    }
    place.is_map()
}

pub(super) fn list(sink: &Sink, place: Place<'_>, subject: &str, wanted: &str) -> bool {
    if !place.is_list() {
        sink.report(wrong_type(place, subject, wanted));
    }
    place.is_list()
}

pub(super) fn text<'t>(sink: &Sink, place: Place<'t>, subject: &str) -> Option<&'t str> {
    let text = place.text();
    if text.is_none() {
        sink.report(wrong_type(place, subject, "a text (in quotes, if it looks like a number or a truth value)"));
    }
    text
}

/// A text of any number of lines, without control characters that are none of the layout: a terminal would obey them, and
/// a database may not keep them.
pub(super) fn prose<'t>(sink: &Sink, place: Place<'t>, subject: &str) -> Option<&'t str> {
    let text = text(sink, place, subject)?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        let message = format!("{subject} holds a control character");
        sink.report(Problem::at(place.spot(), Code::InvalidName, message, "leave it out"));
        return None;
    }
    Some(text)
}

/// A text of one line that is shown to people: without control characters, which a terminal would obey.
pub(super) fn line<'t>(sink: &Sink, place: Place<'t>, subject: &str) -> Option<&'t str> {
    let text = text(sink, place, subject)?;
    let reorders = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.chars().any(|c| c.is_control() || reorders(c)) {
        let message = format!("{subject} holds a control character");
        sink.report(Problem::at(place.spot(), Code::InvalidName, message, "leave it out"));
        return None;
    }
    Some(text)
}

/// A finite number; fractions such as `1/3` are numbers.
pub(super) fn number(sink: &Sink, place: Place<'_>, subject: &str) -> Option<f64> {
    let number = match place.value() {
        Value::Number(number) => Some(*number),
        Value::Text(text) => fraction(text).or_else(|| infinite(text)),
        _ => None,
    };
    let Some(number) = number else {
        sink.report(as_share(place, wrong_type(place, subject, "a number")));
        return None;
    };
    if !number.is_finite() {
        let message = format!("{subject} is {}", if number.is_nan() { "not a number" } else { "infinite" });
        let problem = Problem::at(place.spot(), Code::NotFinite, message, "write a finite number");
        sink.report(problem.found(found(place)));
        return None;
    }
    Some(number)
}

/// A percentage was meant as a share of 1.
fn as_share(place: Place<'_>, mut problem: Problem) -> Problem {
    let text = place.text().and_then(|text| text.strip_suffix('%'));
    let Some(percent) = text.and_then(|text| text.trim().parse::<f64>().ok()).filter(|p| p.is_finite()) else {
        return problem;
    };
    let share = percent / 100.0;
    problem.mend = format!("write {}", show(share));
    problem.patch(super::patch::replace(place.pointer(), share))
}

/// JSON has no infinity and no NaN; documents in JSON write them as in YAML, in quotes.
pub(super) fn infinite(text: &str) -> Option<f64> {
    match text {
        ".inf" | "+.inf" => Some(f64::INFINITY),
        "-.inf" => Some(f64::NEG_INFINITY),
        ".nan" => Some(f64::NAN),
        _ => None,
    }
}

/// `1 entry`, `2 entries`.
pub(super) fn entries(n: usize) -> String {
    if n == 1 { "1 entry".to_owned() } else { format!("{n} entries") }
}

/// A probability or weight, if it is one; large tables are read by this, and only what is wrong is looked at again.
pub(super) fn is_weight(place: Place<'_>) -> Option<f64> {
    match place.value() {
        Value::Number(number) if number.is_finite() && *number >= 0.0 => Some(number + 0.0),
        _ => None,
    }
}

/// A probability or weight: a finite number, not below zero.
pub(super) fn weight(sink: &Sink, place: Place<'_>, subject: &str) -> Option<f64> {
    let number = number(sink, place, subject)?;
    if number < 0.0 {
        let message = format!("{subject} is {}, below zero", show(number));
        let problem = Problem::at(place.spot(), Code::Negative, message, "write a number that is 0 or more");
        sink.report(problem.found(number));
        return None;
    }
    // -0 is 0, for what is computed and for the digest.
    Some(number + 0.0)
}

/// A finite number within bounds, which `wanted` puts into words.
pub(super) fn within(
    sink: &Sink,
    place: Place<'_>,
    subject: &str,
    inside: impl Fn(f64) -> bool,
    wanted: &str,
) -> Option<f64> {
    let number = number(sink, place, subject)?;
    if !inside(number) {
        let message = format!("{subject} is {}; it must be {wanted}", show(number));
        let problem = Problem::at(place.spot(), Code::OutOfRange, message, format!("write a number that is {wanted}"));
        sink.report(problem.expected(wanted).found(number));
        return None;
    }
    Some(number + 0.0)
}

/// A whole number from `low` to `high`.
pub(super) fn whole(sink: &Sink, place: Place<'_>, subject: &str, low: u32, high: u32) -> Option<u32> {
    let value = number(sink, place, subject)?;
    if value.fract() != 0.0 {
        let message = format!("{subject} is {}, not a whole number", show(value));
        sink.report(Problem::at(place.spot(), Code::NotWhole, message, "write a whole number").found(value));
        return None;
    }
    let wanted = format!("from {low} to {high}");
    let inside = within(sink, place, subject, |value| (f64::from(low)..=f64::from(high)).contains(&value), &wanted)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and between two u32")]
    let whole = inside as u32;
    Some(whole)
}

/// One of a few words.
pub(super) fn choice<T: Copy>(sink: &Sink, place: Place<'_>, subject: &str, choices: &[(&str, T)]) -> Option<T> {
    let text = text(sink, place, subject)?;
    let chosen = choices.iter().find(|(word, _)| *word == text).map(|&(_, choice)| choice);
    if chosen.is_none() {
        let words: Vec<&str> = choices.iter().map(|&(word, _)| word).collect();
        let suggestion = super::spelling::closest(text, words.iter().copied());
        let patch = suggestion.map(|word| super::patch::replace(place.pointer(), word));
        let mend = format!("write {}", either(&words));
        let message = format!("{subject} cannot be `{}`", clip(text));
        let problem = Problem::at(place.spot(), Code::UnknownWord, message, mend);
        sink.report(problem.expected(words).found(clip(text)).patch_if(patch));
        return None;
    }
    chosen
}

/// `a`, `b` or `c`.
pub(super) fn either(words: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = words.iter().take(12).map(|word| format!("`{}`", word.as_ref())).collect();
    match quoted.split_last() {
        _ if words.len() > 12 => format!("{}, … ({} in all)", quoted.join(", "), words.len()),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// A number as people write it, with ten decimals at most.
pub(super) fn show(number: f64) -> String {
    // The sum of no numbers is −0.
    let number = number + 0.0;
    if number != 0.0 && (number.abs() < 1e-9 || number.abs() >= 1e15) {
        return format!("{number:e}");
    }
    let text = format!("{number:.10}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
