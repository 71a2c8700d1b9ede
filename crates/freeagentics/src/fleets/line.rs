//! A model or an agent, written down on a line of its own.

use serde::{Deserialize, Serialize};

use crate::agents::{AgentName, Current, Labels, Seed};
use crate::models::Referred;
use crate::models::library::Version;
use axiomcore::hex;

/// What a line holds. A model stands before the first agent that has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Line {
    Model(ModelLine),
    Agent(AgentLine),
    /// Whoever takes lines in passes over it.
    Omitted(OmittedLine),
}

/// A version of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelLine {
    pub(super) name: String,
    pub(super) version: i64,
    pub(super) digest: String,
    /// `yaml` or `json`.
    pub(super) format: String,
    pub(super) document: String,
}

/// An agent as it was when it was written down. What it decided before stays where that was decided.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentLine {
    pub(super) id: AgentName,
    pub(super) model: Referred,
    pub(super) labels: Labels,
    pub(super) seed: Seed,
    pub(super) step: u64,
    pub(super) episode: u64,
    pub(super) created_at: String,
    /// What it carries, in hexadecimal; null before the first step of an episode.
    pub(super) state: Option<String>,
}

/// An agent that could not be written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OmittedLine {
    pub(super) id: String,
    pub(super) detail: String,
}

impl Line {
    /// With the line's end.
    pub(super) fn text(&self) -> serde_json::Result<String> {
        serde_json::to_string(self).map(|text| text + "\n")
    }
}

impl From<Version> for Line {
    fn from(Version { name, version, digest, format, document, .. }: Version) -> Self {
        Self::Model(ModelLine { name, version, digest, format: format.to_owned(), document })
    }
}

impl AgentLine {
    /// Of an agent and its model.
    pub(super) fn of(id: AgentName, model: Referred, current: &Current) -> Self {
        let Current { stored, last, state } = current;
        Self {
            id,
            model,
            labels: stored.labels.clone(),
            seed: Seed::stored(stored.seed),
            step: last.told.step,
            episode: last.told.episode,
            created_at: stored.created_at.to_string(),
            state: state.as_deref().map(hex::encode),
        }
    }
}
