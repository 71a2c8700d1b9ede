//! What clients were told.

use serde_json::Value;

/// One thing that a client learnt about an agent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    pub(super) agent: String,
    /// Of the intent.
    pub(super) number: u64,
    pub(super) news: News,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum News {
    Created,
    Stepped(Box<Step>),
    Reset {
        episode: u64,
        revision: u64,
    },
    /// No answer, and no way to ask again: it was done or it was not.
    MaybeStepped,
    MaybeReset,
    MaybeCreated,
}

/// An acknowledged step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) step: u64,
    pub(super) revision: u64,
    pub(super) episode: u64,
    pub(super) digest: String,
    pub(super) action: Value,
    /// What it believed then, if that was told.
    pub(super) beliefs: Value,
    /// What was sent.
    pub(super) check: &'static str,
}

impl Step {
    /// Out of an answer to a step; an error says what is missing.
    pub(super) fn read(answer: &Value, check: &'static str) -> Result<Self, String> {
        Ok(Self {
            step: number(answer, "step")?,
            revision: number(answer, "revision")?,
            episode: number(answer, "episode")?,
            digest: answer["digest"].as_str().ok_or("an answer without a digest")?.to_owned(),
            action: answer["action"].clone(),
            beliefs: answer["beliefs"].clone(),
            check,
        })
    }
}

pub(super) fn number(answer: &Value, name: &str) -> Result<u64, String> {
    answer[name].as_u64().ok_or_else(|| format!("an answer without `{name}`: {answer}"))
}
