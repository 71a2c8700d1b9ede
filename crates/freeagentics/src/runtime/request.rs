//! What is asked of an agent, and what it answers.

use std::sync::Arc;

use axiomcore::identity::Principal;
use axiomcore::store;
use axiomcore::telemetry::traces::Walk;
use freeagentics_inference::document::Problems;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::agents::AgentName;

/// Something asked of one agent.
#[derive(Debug)]
pub(crate) struct Request {
    /// Who asks; the agent is one of their workspace.
    pub(crate) principal: Arc<Principal>,
    pub(crate) agent: AgentName,
    pub(crate) guarded: Guarded,
    pub(crate) ask: Ask,
    /// Where its time goes, if that is recorded.
    pub(crate) walk: Option<Walk>,
}

impl Request {
    /// What happened to it since the last time was this.
    pub(super) fn lap(&mut self, name: &'static str) {
        if let Some(walk) = &mut self.walk {
            walk.lap(name);
        }
    }
}

/// What makes asking twice, or asking late, safe.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guarded {
    /// Asking again with the same key gives the first answer.
    pub(crate) idempotency_key: Option<String>,
    /// The revision that the agent must have.
    pub(crate) if_match: Option<u64>,
}

/// What is asked.
#[derive(Debug)]
pub(crate) enum Ask {
    Step(StepAsk),
    /// Begin a new episode.
    Reset,
    /// Be gone.
    Delete,
}

/// A step.
#[derive(Clone, Debug)]
pub(crate) struct StepAsk {
    pub(crate) observed: Observed,
    /// Decide, but leave everything as it is.
    pub(crate) dry_run: bool,
    /// How much the answer explains.
    pub(crate) explain: Level,
}

/// What was seen, as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Observed {
    /// A JSON object from modalities to what they brought.
    pub(crate) observation: Arc<RawValue>,
    /// What was in fact executed: a value, or an object from controls to values.
    pub(crate) executed: Option<Arc<RawValue>>,
    /// Ticks since the step before.
    pub(crate) elapsed: Option<u32>,
}

/// How much is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Explain)]
pub(crate) enum Level {
    /// The action alone.
    None,
    /// The odds, the sentence, and what each action has going for it.
    #[default]
    Summary,
    /// Every plan with its risk, ambiguity and information gain.
    Full,
}

/// What an agent did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) revision: u64,
    pub(crate) step: u64,
    pub(crate) episode: u64,
    /// For a step: the answer as JSON, in the form of [`StepAnswer`](crate::decisions::StepAnswer).
    pub(crate) json: String,
    /// Whether this is the answer to an earlier request with the same key.
    pub(crate) replayed: bool,
}

/// Why it did nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("there is no agent of this name")]
    NotFound,
    #[error("the agent was deleted")]
    Deleted,
    #[error("the agent is at revision {0}")]
    RevisionMismatch(u64),
    /// Every problem; pointers begin with `/observation`, `/executed_action` or `/elapsed`.
    #[error("the observation does not fit the model")]
    Observation(Arc<Problems>),
    /// The model says that this cannot happen, and its options say to refuse that.
    #[error("the model says that this observation cannot happen (free energy {0:.1} nats)")]
    Impossible(f64),
    #[error("the idempotency key was used with another request")]
    KeyReused,
    #[error("the idempotency key belongs to an answer that is no longer kept")]
    WindowPassed,
    /// Too much waits for this agent already.
    #[error("too many requests wait for this agent")]
    AgentBusy,
    /// Too much waits for all agents.
    #[error("too many requests wait")]
    Overloaded,
    /// The server is on its way down.
    #[error("the server is stopping")]
    Stopping,
    /// The database failed; nothing was done.
    #[error(transparent)]
    Store(Arc<store::Error>),
    /// A mistake of ours.
    #[error("{0}")]
    Internal(String),
}

impl Refused {
    /// In a word, for counting.
    pub(crate) const fn reason(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Deleted => "deleted",
            Self::RevisionMismatch(_) => "revision_mismatch",
            Self::Observation(_) => "observation_invalid",
            Self::Impossible(_) => "observation_impossible",
            Self::KeyReused => "idempotency_key_reused",
            Self::WindowPassed => "idempotency_window_passed",
            Self::AgentBusy => "agent_busy",
            Self::Overloaded => "overloaded",
            Self::Stopping => "stopping",
            Self::Store(_) => "store",
            Self::Internal(_) => "internal",
        }
    }
}

/// What a request comes to.
pub(crate) type Answer = Result<Done, Refused>;

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Self {
        Self::Store(Arc::new(error))
    }
}
