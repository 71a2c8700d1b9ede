//! Observations as JSON, by name: what an agent is told at one step.

use super::code::Code;
use super::context::Context;
use super::expect::{self, show, wrong_type};
use super::limits::Limits;
use super::names::{Axis, Kind, Names};
use super::problem::{Problem, Problems};
use super::sink::Sink;
use super::table::distribution;
use super::tree::{self, Place, Value, Word};
use super::{patch, step, text};
use crate::model::{Bin, Evidence, Spec};

/// What an agent is told at one step.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "programs build readings of their own")]
pub struct Reading {
    /// What each modality brought, in the order of the model.
    pub evidence: Vec<Evidence>,
    /// The control values that were really executed for the previous decision; `None` is the chosen ones.
    pub executed: Option<Vec<usize>>,
    /// Ticks since the previous step.
    pub elapsed: u32,
}

/// Reads observations for one model.
#[derive(Debug)]
pub struct Observations {
    names: Names,
    limits: Limits,
}

impl Observations {
    /// A reader for the names of this model.
    pub fn of(spec: &Spec, limits: Limits) -> Self {
        Self { names: Names::of(spec), limits }
    }

    /// Reads one JSON object, such as `{"sound": "quiet", "vibration": 3.2, "executed": "run", "elapsed": 2}`.
    pub fn read(&self, line: &str) -> Result<Reading, Problems> {
        let sink = Sink::of_observation(self.limits.problems);
        let cx = Context::new(&self.names, &self.limits, &sink);
        if line.trim().is_empty() {
            let mend = format!("write a JSON object, such as {}", self.example());
            return Err(Problem::at(text::beginning(), Code::EmptyDocument, "the observation is empty", mend).into());
        }
        let tree = text::check(line, &self.limits, &sink).and_then(|line| tree::read_json(line, &self.limits, &sink));
        let reading = match tree {
            Ok(tree) => reading(&cx, tree.root()),
            Err(stop) => {
                sink.report(*stop);
                None
            }
        };
        let problems = sink.into_problems();
        match reading {
            Some(reading) if problems.problems.is_empty() => Ok(reading),
            _ => Err(problems),
        }
    }

    /// An observation of the first modality.
    fn example(&self) -> String {
        let first = self.names.modalities.axes.first();
        first.map_or_else(|| "{}".to_owned(), |axis| format!("{{\"{}\": \"{}\"}}", axis.name, axis.labels.word(0)))
    }
}

/// Reads one observation of all modalities.
pub(super) fn reading(cx: &Context<'_>, place: Place<'_>) -> Option<Reading> {
    let wanted = "a map from modalities to what was observed";
    if !expect::map(cx.sink, place, "an observation", wanted) {
        return None;
    }
    let mut reading =
        Reading { evidence: vec![Evidence::Missing; cx.names.modalities.axes.len()], executed: None, elapsed: 1 };
    for child in place.children() {
        let Some(key) = child.key() else { continue };
        match &*key.text {
            "executed" => {
                let controls: Vec<&Axis> = cx.names.controls.axes.iter().collect();
                reading.executed = step::read(cx, child, "`executed`", &controls);
            }
            "elapsed" => {
                reading.elapsed = expect::whole(cx.sink, child, "`elapsed`", 1, cx.limits.elapsed).unwrap_or(1);
            }
            _ => {
                let axis = modality(cx, &key);
                if let Some((axis, slot)) = axis.and_then(|axis| Some((axis, reading.evidence.get_mut(axis.index)?))) {
                    *slot = evidence(cx, child, axis).unwrap_or(Evidence::Missing);
                }
            }
        }
    }
    Some(reading)
}

/// The modality that a key names. The two words of the format can be misspelt as well.
fn modality<'n>(cx: &Context<'n>, key: &Word<'_>) -> Option<&'n Axis> {
    if cx.names.kind_of(&key.text).is_none()
        && let Some(meant) = cx.sink.suggest(&key.text, ["executed", "elapsed"])
    {
        let spot = key.spot();
        let patch = super::sink::rename_key(&spot, meant);
        let message = format!("an observation has no key `{}`", key.text);
        let problem = Problem::at(spot, Code::UnknownKey, message, format!("write `{meant}`"));
        cx.report(problem.expected(meant).found(&*key.text).patch(patch));
        return None;
    }
    cx.names.refer(cx.sink, key, &[Kind::Modality])
}

fn evidence(cx: &Context<'_>, place: Place<'_>, axis: &Axis) -> Option<Evidence> {
    let subject = format!("the observation of `{}`", axis.name);
    match place.value() {
        Value::Null => Some(Evidence::Missing),
        Value::Map(_) | Value::List(_) => distribution(cx, place, axis, &subject).map(Evidence::Soft),
        Value::Number(_) if axis.is_binned => binned(cx, place, axis, &subject).map(Evidence::Index),
        Value::Text(text) if axis.is_binned && expect::infinite(text).is_some() => {
            binned(cx, place, axis, &subject).map(Evidence::Index)
        }
        // Without quotes, a number cannot be the name of an observation.
        Value::Number(_) | Value::Bool(_) | Value::Text(_) => name(cx, place, axis, &subject).map(Evidence::Index),
    }
}

fn binned(cx: &Context<'_>, place: Place<'_>, axis: &Axis, subject: &str) -> Option<usize> {
    let bins = axis.bins.as_deref()?;
    let number = expect::number(cx.sink, place, subject)?;
    let index = find_bin(bins, number);
    if index.is_none() {
        let (low, high) = (bins.first().map_or(0.0, |bin| bin.low), bins.last().map_or(0.0, |bin| bin.high));
        let unit = axis.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
        let (shown, low, high) = (show(number), show(low), show(high));
        let message = format!("{subject} is {shown}{unit}, outside all bins ({low} to {high}{unit})");
        let mend = "leave the modality out if the sensor failed, or widen the outer bins in the model (.inf)";
        cx.report(Problem::at(place.spot(), Code::OutsideBins, message, mend).found(number));
    }
    index
}

/// The bin that holds a number; the last one also holds its upper bound.
fn find_bin(bins: &[Bin], number: f64) -> Option<usize> {
    let inside = |bin: &Bin| bin.low <= number && number < bin.high;
    let at_the_end = bins.last().filter(|bin| bin.high == number).map(|_| bins.len() - 1);
    bins.iter().position(inside).or(at_the_end)
}

fn name(cx: &Context<'_>, place: Place<'_>, axis: &Axis, subject: &str) -> Option<usize> {
    let word = place.word()?;
    let is_number = axis.is_binned && axis.labels.find(&word.text).is_none();
    if let Some(number) = word.text.trim().parse::<f64>().ok().filter(|_| is_number) {
        let patch = number.is_finite().then(|| patch::replace(place.pointer(), number));
        let problem = wrong_type(place, subject, "a number (without quotes) or the name of a bin");
        cx.report(problem.patch_if(patch));
        return None;
    }
    axis.labels.look_up(cx.sink, &word)
}
