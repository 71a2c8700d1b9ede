//! Events as they are told: JSON on one line.

use std::sync::Arc;

use axiomcore::store::{Error, Result};
use freeagentics_inference::model::Axis;
use serde::Serialize;
use utoipa::ToSchema;

use super::members::Members;
use crate::agents::AgentName;
use crate::decisions::{Named, action, by_label, replay::wide};
use crate::log::{Log, Published, Step, Told, What};
use crate::models::{Compiled, Library};

/// Something that happened to an agent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LiveEvent<'a> {
    /// `step`, `reset`, `created`, `imported` or `deleted`; `gap` for what was left out.
    #[schema(pattern = "^(step|reset|created|imported|deleted)$")]
    kind: &'static str,
    /// Its place in the log: where to go on from.
    seq: u64,
    #[schema(value_type = AgentName)]
    agent: &'a str,
    /// Steps so far, this one included.
    step: u64,
    #[schema(minimum = 1)]
    revision: u64,
    #[schema(minimum = 1)]
    episode: u64,
    /// What was chosen, if it is a step.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    action: Option<Named<'a, &'a str>>,
    /// The odds of each state of each factor after a step; null for models whose beliefs are large, where
    /// `GET /api/v1/agents/{id}` has them.
    #[schema(value_type = Option<BTreeMap<String, BTreeMap<String, f64>>>)]
    beliefs: Option<Named<'a, Named<'a, f64>>>,
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// Events that were left out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LiveGap {
    /// `gap`.
    #[schema(pattern = "^gap$")]
    kind: &'static str,
    /// Everything up to here may be missing.
    seq: u64,
    /// The last event before that was told.
    after: u64,
}

/// Something that is told.
#[derive(Clone, Debug)]
pub(super) struct Telling {
    pub(super) kind: &'static str,
    pub(super) seq: u64,
    pub(super) json: Arc<str>,
}

/// The kind of what was left out.
pub(super) const GAP: &str = "gap";

impl Telling {
    /// What happened between these two is left out.
    pub(super) fn gap(after: u64, seq: u64) -> Self {
        // A struct of numbers can always be written.
        let json = serde_json::to_string(&LiveGap { kind: GAP, seq, after }).unwrap_or_default();
        Self { kind: GAP, seq, json: json.into() }
    }
}

/// Writes events down. Clones are the same.
#[derive(Clone)]
pub(super) struct Teller(Arc<Inner>);

struct Inner {
    log: Log,
    library: Library,
    members: Members,
    reach: Reach,
}

/// How far back the log is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    /// In events of all agents.
    pub(super) of_all: u64,
    /// In events of the one agent that is followed.
    pub(super) of_one: usize,
}

/// An event to be told.
pub(super) struct Happened<'e> {
    pub(super) seq: u64,
    pub(super) agent: &'e str,
    pub(super) revision: u64,
    pub(super) told: &'e Told,
}

impl Teller {
    pub(super) fn new(log: Log, library: Library, members: Members, reach: Reach) -> Self {
        Self(Arc::new(Inner { log, library, members, reach }))
    }

    pub(super) fn reach(&self) -> Reach {
        self.0.reach
    }

    pub(super) fn log(&self) -> &Log {
        &self.0.log
    }

    pub(super) fn members(&self) -> &Members {
        &self.0.members
    }

    /// Tells an event of the log; blocks when its model is not compiled yet.
    pub(super) fn tell_blocking(&self, workspace: i64, happened: &Happened<'_>) -> Result<Telling> {
        match self.0.library.compiled_blocking(workspace, happened.told.model) {
            Ok(compiled) => Ok(telling(happened, Some(&compiled))),
            Err(Error::Corrupt(why)) => Ok(unnamed(happened, &why)),
            Err(error) => Err(error),
        }
    }

    /// Tells an event that has just been committed. Nothing if it cannot be read, which is in the log then.
    pub(super) async fn tell(&self, published: &Published) -> Option<Telling> {
        let Published { seq, workspace, name, revision, body, told, .. } = published;
        let decoded = Told::decode(body).inspect_err(|error| tracing::error!(seq, "event {seq} is not told: {error}"));
        let decoded = decoded.ok()?;
        let kind = decoded.what.name();
        if let Some(json) = told.get() {
            return Some(Telling { kind, seq: *seq, json: json.clone() });
        }
        let happened = Happened { seq: *seq, agent: name, revision: *revision, told: &decoded };
        let telling = match self.0.library.compiled(*workspace, decoded.model).await {
            Ok(compiled) => telling(&happened, Some(&compiled)),
            Err(Error::Corrupt(why)) => unnamed(&happened, &why),
            Err(error) => {
                tracing::error!(seq, %error, "event {seq} is not told: {error}");
                return None;
            }
        };
        // Whoever was faster has written the same.
        let _ = told.set(telling.json.clone());
        Some(telling)
    }
}

/// An event whose model cannot be read: it has happened, and whoever follows others as well must not miss theirs.
fn unnamed(happened: &Happened<'_>, why: &str) -> Telling {
    let (seq, agent) = (happened.seq, happened.agent);
    tracing::error!(seq, agent, "event {seq} is told without what only its model can name: {why}");
    telling(happened, None)
}

fn telling(happened: &Happened<'_>, compiled: Option<&Compiled>) -> Telling {
    let Happened { seq, agent, revision, told } = *happened;
    let step = if let What::Stepped(step) = &told.what { Some(step) } else { None };
    let named = step.zip(compiled);
    let event = LiveEvent {
        kind: told.what.name(),
        seq,
        agent,
        step: told.step,
        revision,
        episode: told.episode,
        action: named.map(|(step, compiled)| action(&compiled.engine.model().spec().controls, &wide(&step.action))),
        beliefs: named.and_then(|(step, compiled)| beliefs(compiled, step)),
        recorded_at: told.recorded_at().to_string(),
    };
    // A struct of texts and numbers can always be written.
    let json = serde_json::to_string(&event).unwrap_or_default();
    Telling { kind: event.kind, seq, json: json.into() }
}

/// What the agent believes after a step, if the event carries it.
fn beliefs<'c>(compiled: &'c Compiled, step: &Step) -> Option<Named<'c, Named<'c, f64>>> {
    let state = compiled.engine.load(step.state.as_deref()?).ok()?;
    let factors = compiled.engine.model().spec().factors.iter().enumerate();
    let believed =
        |(at, axis): (usize, &'c Axis)| Some((axis.name.as_str(), by_label(axis, compiled.engine.belief(&state, at)?)));
    factors.map(believed).collect()
}
