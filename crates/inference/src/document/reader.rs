//! From a text to a document.

use super::agent;
use super::code::Code;
use super::context::Context;
use super::cost::Cost;
use super::expect;
use super::expectation::{Expectation, expectations};
use super::fields::{DOCUMENT, Fields};
use super::learning::{Tables, learning};
use super::limits::Limits;
use super::names::{Axis, declare};
use super::preference::preferences;
use super::prior::priors;
use super::problem::{Problem, Problems};
use super::sink::Sink;
use super::table::{likelihoods, transitions};
use super::text;
use super::tree::{self, Place, Stop, Tree, Value};
use crate::engine::Options;
use crate::model::{self, Modality, Spec, Table};

/// The version of the format that is read.
pub(super) const VERSION: u8 = 1;

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there will be no third format")]
pub enum Format {
    /// YAML 1.2.
    Yaml,
    /// JSON.
    Json,
    /// JSON if it begins like a JSON object, else YAML.
    #[default]
    Auto,
}

impl Format {
    /// Which of the two a text is read as. What is kept has to be read as this again, and not guessed anew.
    #[must_use]
    pub fn of(self, text: &str) -> Self {
        match self {
            Self::Auto => {
                let inside = text.trim_start().strip_prefix('{').map(str::trim_start);
                if inside.is_some_and(|inside| inside.starts_with(['"', '}'])) { Self::Json } else { Self::Yaml }
            }
            settled => settled,
        }
    }
}

/// A model with the options of its agent and its tests.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// The model's name.
    pub name: String,
    /// What it is about, for people.
    pub description: Option<String>,
    /// The model.
    pub spec: Spec,
    /// How an agent plans and chooses.
    pub options: Options,
    /// What it must do.
    pub tests: Vec<Expectation>,
    /// What a step costs.
    pub cost: Cost,
}

/// Reads a document, or reports everything that is wrong with it.
pub fn read(text: &str, format: Format, limits: &Limits) -> Result<Document, Problems> {
    let sink = Sink::new(limits.problems);
    let document = match grow(text, format, limits, &sink) {
        Ok(tree) => document(tree.root(), limits, &sink),
        Err(stop) => {
            sink.report(*stop);
            None
        }
    };
    match document {
        Some(document) if sink.is_empty() => Ok(document),
        _ => Err(sink.into_problems()),
    }
}

/// The same document as JSON, with aliases written out: what pointers and patches are about.
pub fn to_json(text: &str, format: Format, limits: &Limits) -> Result<serde_json::Value, Problems> {
    let sink = Sink::new(limits.problems);
    let tree = grow(text, format, limits, &sink).map_err(|stop| Problems::from(*stop))?;
    Ok(tree.root().to_json())
}

/// The first key of a JSON text that stands twice in one map. Most readers of JSON take the last of the two in silence.
pub fn duplicate_key(json: &str, limits: &Limits) -> Option<Problem> {
    let sink = Sink::new(limits.problems);
    grow(json, Format::Json, limits, &sink).ok()?;
    sink.into_problems().problems.into_iter().find(|problem| problem.code == Code::DuplicateKey)
}

fn grow(text: &str, format: Format, limits: &Limits, sink: &Sink) -> Result<Tree, Stop> {
    let text = text::check(text, limits, sink)?;
    if format.of(text) == Format::Json {
        tree::read_json(text, limits, sink)
    } else {
        tree::read_yaml(text, limits, sink)
    }
}

fn document(root: Place<'_>, limits: &Limits, sink: &Sink) -> Option<Document> {
    if matches!(root.value(), Value::Null) {
        sink.report(*text::empty());
        return None;
    }
    let fields = DOCUMENT.read(sink, root, "the document")?;
    check_version(sink, &fields);
    let name = fields.get("name").and_then(|name| expect::line(sink, name, "`name`"));
    let description = fields.get("description").and_then(|text| expect::prose(sink, text, "`description`"));
    let names = declare(sink, limits, &fields);
    let cx = Context::new(&names, limits, sink);
    let spec = spec(&cx, &fields);
    let options = agent::options(&cx, fields.get("agent"));
    let tests = fields.get("tests").map(|tests| expectations(&cx, tests)).unwrap_or_default();
    let (spec, options) = (spec?, options?);
    agent::check_together(&cx, fields.get("agent"), &spec, &options);
    let cost = Cost::of(&cx, &spec, &options)?;
    cost.check(&cx, fields.get("agent").unwrap_or(root));
    Some(Document { name: name?.to_owned(), description: description.map(str::to_owned), spec, options, tests, cost })
}

fn check_version(sink: &Sink, fields: &Fields<'_>) {
    let Some(place) = fields.get("freeagentics") else { return };
    if !matches!(place.value(), Value::Number(version) if *version == f64::from(VERSION)) {
        let message = format!("the version of the format is {}; {VERSION} is known here", place.describe());
        let mend = format!("write `freeagentics: {VERSION}`, or use a newer program");
        let problem = Problem::at(place.spot(), Code::UnsupportedVersion, message, mend);
        sink.report(problem.expected(VERSION).found(expect::found(place)));
    }
}

fn spec(cx: &Context<'_>, fields: &Fields<'_>) -> Option<Spec> {
    let likelihoods = fields.get("likelihood").map(|place| likelihoods(cx, place));
    let transitions = fields.get("transition").map(|place| transitions(cx, place));
    let preferences = fields.get("preference").map(|place| preferences(cx, place)).unwrap_or_default();
    let priors = priors(cx, fields.get("prior"));
    let tables: Vec<Option<Table>> = likelihoods.iter().flatten().map(|read| Some(read.as_ref()?.0.clone())).collect();
    let tables = Tables { likelihoods: &tables, transitions: transitions.as_deref().unwrap_or_default() };
    let learning = fields.get("learning").map(|place| learning(cx, place, &tables)).unwrap_or_default();
    let (likelihoods, initials): (Vec<_>, Vec<_>) =
        likelihoods?.into_iter().collect::<Option<Vec<_>>>()?.into_iter().unzip();
    let names = cx.names;
    Some(Spec {
        factors: names.factors.axes.iter().map(axis).collect(),
        controls: names.controls.axes.iter().map(axis).collect(),
        modalities: names.modalities.axes.iter().zip(initials).map(|(axis, initial)| modality(axis, initial)).collect(),
        likelihoods,
        transitions: transitions?.into_iter().collect::<Option<_>>()?,
        preferences,
        priors: priors.into_iter().collect::<Option<_>>()?,
        learning,
    })
}

fn axis(axis: &Axis) -> model::Axis {
    model::Axis { name: axis.name.clone(), labels: axis.labels.words().to_vec() }
}

fn modality(axis: &Axis, initial: Option<Vec<usize>>) -> Modality {
    Modality {
        name: axis.name.clone(),
        labels: axis.labels.words().to_vec(),
        bins: axis.bins.clone(),
        unit: axis.unit.clone(),
        initial,
    }
}
