//! Bins: intervals that make names of numbers.

use super::label::Labels;
use crate::document::code::Code;
use crate::document::expect::{self, infinite, show, wrong_type};
use crate::document::problem::Problem;
use crate::document::sink::Sink;
use crate::document::tree::{Place, Value, fraction};
use crate::model::Bin;

/// Reads bins; they are `None` when one of them is wrong. Their names are read all the same.
pub(super) fn read(sink: &Sink, place: Place<'_>, subject: &str, limit: usize) -> (Labels, Option<Vec<Bin>>) {
    let mut labels = Labels::default();
    if !expect::map(sink, place, subject, "a map from names to intervals [low, high]") {
        labels.doubt = true;
        return (labels, None);
    }
    if !labels.check_count(sink, place, subject, limit) {
        return (labels, None);
    }
    let mut bins = Vec::new();
    for child in place.children() {
        let Some(key) = child.key() else { continue };
        labels.add(sink, &key, subject);
        bins.push((child, bin(sink, child, &key.text)));
    }
    let mut gapless = true;
    for pair in bins.windows(2) {
        if let [(below, Some(a)), (above, Some(b))] = pair {
            gapless &= check_neighbours(sink, (*below, a), (*above, b));
        }
    }
    let bins: Option<Vec<Bin>> = bins.into_iter().map(|(_, bin)| bin).collect();
    (labels, bins.filter(|_| gapless))
}

fn bin(sink: &Sink, place: Place<'_>, name: &str) -> Option<Bin> {
    let subject = format!("bin `{name}`");
    let mut bounds = place.children();
    let (true, Some(low), Some(high), None) = (place.is_list(), bounds.next(), bounds.next(), bounds.next()) else {
        sink.report(wrong_type(place, &subject, "an interval [low, high]"));
        return None;
    };
    let low = bound(sink, low, &subject, f64::NEG_INFINITY);
    let high = bound(sink, high, &subject, f64::INFINITY);
    let (low, high) = (low?, high?);
    if low >= high {
        let message = format!("{subject} is empty: its lower bound {} is not below {}", show(low), show(high));
        let mend = "write the lower bound first; a bin holds low <= x < high";
        sink.report(Problem::at(place.spot(), Code::EmptyBin, message, mend).found(place.to_json()));
        return None;
    }
    Some(Bin { low, high })
}

/// A bound may be infinite; in JSON, which has no infinity, it is null or ".inf".
fn bound(sink: &Sink, place: Place<'_>, subject: &str, open: f64) -> Option<f64> {
    let bound = match place.value() {
        Value::Null => Some(open),
        Value::Number(number) => Some(*number),
        Value::Text(text) => fraction(text).or_else(|| infinite(text)),
        _ => None,
    };
    match bound {
        None => sink.report(wrong_type(place, &format!("a bound of {subject}"), "a number, `.inf` or `-.inf`")),
        Some(bound) if bound.is_nan() => {
            let message = format!("a bound of {subject} is not a number");
            let mend = "write a number, `.inf` or `-.inf`";
            sink.report(Problem::at(place.spot(), Code::NotFinite, message, mend).found(place.to_json()));
        }
        Some(bound) => return Some(bound + 0.0),
    }
    None
}

fn check_neighbours(sink: &Sink, (below, a): (Place<'_>, &Bin), (above, b): (Place<'_>, &Bin)) -> bool {
    let name = |place: Place<'_>| place.key().map(|key| key.text.into_owned()).unwrap_or_default();
    let (below, upper) = (name(below), name(above));
    let (end, start) = (show(a.high), show(b.low));
    let problem = if a.high < b.low {
        let message = format!(
            "numbers from {end} to {start} are in no bin: `{below}` ends at {end}, `{upper}` begins at {start}"
        );
        let mend = format!("let `{below}` end where `{upper}` begins, or put a bin between them");
        Problem::at(above.spot(), Code::BinGap, message, mend)
    } else if a.high > b.low {
        let message = format!("bin `{upper}` begins at {start}, below the end {end} of `{below}` before it");
        let mend = "list bins in ascending order, each beginning where the one before it ends";
        Problem::at(above.spot(), Code::BinOverlap, message, mend)
    } else {
        return true;
    };
    sink.report(problem.expected(a.high.is_finite().then_some(a.high)).found(b.low.is_finite().then_some(b.low)));
    false
}
