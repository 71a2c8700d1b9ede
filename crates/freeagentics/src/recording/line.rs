//! One line of a recording.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// An observation as it is written: a value per modality, `executed`, `elapsed`.
pub(crate) type Observation = Map<String, Value>;

/// States that count for something: by factor, the names of the states.
pub(crate) type States = BTreeMap<String, Vec<String>>;

/// The first line of a recording with truth: how to score it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    /// What was recorded, for people.
    pub(crate) about: Option<String>,
    /// The command that made it, for people.
    #[serde(rename = "made_by")]
    _made_by: Option<String>,
    /// The seed it was made with, for people.
    #[serde(rename = "seed")]
    _seed: Option<u64>,
    /// How long a line lasts, unless it says so itself.
    pub(crate) tick_seconds: Option<f64>,
    /// The states in which the service is down.
    #[serde(default)]
    pub(crate) down: States,
    /// By action, the states in which it is needless.
    #[serde(default)]
    pub(crate) needless: BTreeMap<String, States>,
}

/// What is seen and what is true at one moment.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scene {
    /// What is seen.
    pub(crate) observation: Observation,
    /// What is seen instead when the action executed just before was this one.
    #[serde(default)]
    pub(crate) by_action: BTreeMap<String, Observation>,
    /// What is really the case: by factor, the name of the state.
    #[serde(default)]
    pub(crate) truth: BTreeMap<String, String>,
}

/// One moment of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Line {
    /// What is seen and true as long as nobody has mended the fault.
    pub(crate) scene: Scene,
    /// The fault that is going on.
    pub(crate) fault: Option<u64>,
    /// The actions that mend it, each with the number of lines until it has.
    pub(crate) mended_by: BTreeMap<String, usize>,
    /// What is seen and true once it has been mended.
    pub(crate) mended: Option<Scene>,
    /// How long this moment lasts.
    pub(crate) seconds: Option<f64>,
}

/// The line as it is written. (serde cannot flatten and refuse unknown fields at once.)
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    observation: Observation,
    #[serde(default)]
    by_action: BTreeMap<String, Observation>,
    #[serde(default)]
    truth: BTreeMap<String, String>,
    fault: Option<u64>,
    #[serde(default)]
    mended_by: MendedBy,
    mended: Option<Scene>,
    seconds: Option<f64>,
}

/// What mends a fault: a list of actions that do so by the next line, or a map that says by which one.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "`mended_by` is a list of actions, or the number of lines until each has mended the fault"
)]
enum MendedBy {
    AtOnce(Vec<String>),
    After(BTreeMap<String, usize>),
}

impl Default for MendedBy {
    fn default() -> Self {
        Self::AtOnce(Vec::new())
    }
}

impl From<MendedBy> for BTreeMap<String, usize> {
    fn from(mended_by: MendedBy) -> Self {
        match mended_by {
            MendedBy::AtOnce(actions) => actions.into_iter().map(|action| (action, 1)).collect(),
            MendedBy::After(lines) => lines,
        }
    }
}

impl Line {
    /// Reads an envelope.
    pub(crate) fn envelope(value: Value) -> Result<Self, serde_json::Error> {
        let Envelope { observation, by_action, truth, fault, mended_by, mended, seconds } =
            serde_json::from_value(value)?;
        Ok(Self { scene: Scene { observation, by_action, truth }, fault, mended_by: mended_by.into(), mended, seconds })
    }

    /// An observation without an envelope.
    pub(crate) fn bare(observation: Observation) -> Self {
        Self { scene: Scene { observation, ..Scene::default() }, ..Self::default() }
    }
}
