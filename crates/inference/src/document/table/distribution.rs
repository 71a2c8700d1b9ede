//! A distribution: a list of numbers, numbers by name, one certain name, or `uniform`.

use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect::{self, show, wrong_type};
use crate::document::names::Axis;
use crate::document::patch::PatchOp;
use crate::document::problem::Problem;
use crate::document::sink::Sink;
use crate::document::tree::{Place, Spot, Value};

/// How far a sum may be from 1.
const TOLERANCE: f64 = 1e-9;

/// Reads a distribution over the labels of an axis; `None` when it is wrong or the axis is.
pub(in super::super) fn distribution(
    cx: &Context<'_>,
    place: Place<'_>,
    axis: &Axis,
    subject: &str,
) -> Option<Vec<f64>> {
    match place.value() {
        Value::List(_) => list(cx.sink, place, axis, subject),
        Value::Map(_) => by_name(cx.sink, place, axis, subject),
        Value::Text(text) if **text == *"uniform" => {
            let n = axis.size()?;
            Some(vec![1.0 / count(n); n])
        }
        Value::Null | Value::Number(_) => {
            cx.report(wrong_type(place, subject, "a distribution (a list, a map by name, a name, or `uniform`)"));
            None
        }
        Value::Text(_) | Value::Bool(_) => {
            let certain = axis.labels.look_up(cx.sink, &place.word()?)?;
            Some((0..axis.size()?).map(|i| f64::from(u8::from(i == certain))).collect())
        }
    }
}

/// Sizes are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "sizes are limited far below 2^53")]
pub(super) fn count(n: usize) -> f64 {
    n as f64
}

fn list(sink: &Sink, place: Place<'_>, axis: &Axis, subject: &str) -> Option<Vec<f64>> {
    if let Some(size) = axis.size().filter(|&size| size != place.len()) {
        let n = place.len();
        let message =
            format!("{subject} has {}; `{}` has {size} {}s", expect::entries(n), axis.name, axis.kind.label());
        let mend = format!("write {size} numbers that sum to 1, or name them");
        sink.report(Problem::at(place.spot(), Code::WrongShape, message, mend).expected(size).found(n));
        return None;
    }
    let entry = format!("an entry of {subject}");
    let values: Vec<Option<f64>> = place.children().map(|item| expect::weight(sink, item, &entry)).collect();
    let values: Vec<f64> = values.into_iter().collect::<Option<_>>()?;
    let entries: Vec<(Place<'_>, f64)> = place.children().zip(values.iter().copied()).collect();
    check_sum(sink, place.spot(), subject, &entries).then_some(values)
}

fn by_name(sink: &Sink, place: Place<'_>, axis: &Axis, subject: &str) -> Option<Vec<f64>> {
    let matched = axis.labels.match_keys(sink, place.children(), false);
    let mut values = vec![0.0; axis.labels.words().len()];
    let mut entries = Vec::new();
    let mut complete = axis.size().is_some();
    for (child, index) in matched.entries {
        let name = child.key().map(|key| key.text.into_owned()).unwrap_or_default();
        let value = expect::weight(sink, child, &format!("{}, `{name}`,", subject.trim_end_matches(',')));
        entries.push(value.map(|value| (child, value)));
        match index.and_then(|index| values.get_mut(index)).zip(value) {
            Some((slot, value)) => *slot = value,
            None => complete = false,
        }
    }
    let entries: Vec<(Place<'_>, f64)> = entries.into_iter().collect::<Option<_>>()?;
    (check_sum(sink, place.spot(), subject, &entries) && complete).then_some(values)
}

/// Whether a distribution sums to 1; if not, a problem is reported.
fn check_sum(sink: &Sink, spot: Spot, subject: &str, entries: &[(Place<'_>, f64)]) -> bool {
    let sum: f64 = entries.iter().map(|(_, value)| value).sum();
    let right = is_one(sum);
    if !right {
        report_sum(sink, spot, subject, sum, entries);
    }
    right
}

pub(super) fn is_one(sum: f64) -> bool {
    (sum - 1.0).abs() <= TOLERANCE
}

/// Reports a distribution that does not sum to 1, with the patch that normalises it.
pub(in super::super) fn report_sum(sink: &Sink, spot: Spot, subject: &str, sum: f64, entries: &[(Place<'_>, f64)]) {
    let shown = show(sum);
    let message = format!("{subject} sums to {shown}, not 1");
    let difference = show((1.0 - sum).abs());
    let mend = if sum == 0.0 {
        "write a distribution, a name that is certain, or `uniform`".to_owned()
    } else if sum < 1.0 {
        format!("multiply it by 1/{shown}, or add {difference} to one entry")
    } else {
        format!("multiply it by 1/{shown}, or take {difference} from the entries")
    };
    let normalised =
        |&(place, value): &(Place<'_>, f64)| PatchOp::Replace { path: place.pointer(), value: (value / sum).into() };
    let patch = (sum > 0.0 && sum.is_finite()).then(|| entries.iter().map(normalised).collect());
    sink.report(Problem::at(spot, Code::SumNotOne, message, mend).expected(1).found(sum).patch_if(patch));
}
