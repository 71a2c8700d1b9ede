//! An agent as it is answered.

use std::collections::BTreeMap;

use axiomcore::http::Problem;
use axiomcore::store;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use utoipa::ToSchema;

use crate::agents::{AgentName, Current, Labels, Stored};
use crate::decisions::{action, by_label};
use crate::models::{Compiled, Referred};
use crate::runtime::Refused;
use crate::server::Platform;

/// An agent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Agent)]
pub(crate) struct AgentView {
    #[schema(value_type = AgentName)]
    pub(crate) id: String,
    model: Referred,
    labels: Labels,
    /// What its random choices are drawn from.
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    seed: u64,
    #[schema(format = DateTime)]
    created_at: String,
    created_by: String,
    /// How many steps it has taken.
    step: u64,
    /// Counts from 1; every reset begins another.
    #[schema(minimum = 1)]
    episode: u64,
    /// Counts all that happened to it; the `ETag`.
    #[schema(minimum = 1)]
    pub(crate) revision: u64,
    /// The odds of each state of each factor; null before the first step of an episode.
    #[schema(value_type = Option<BTreeMap<String, BTreeMap<String, f64>>>)]
    beliefs: Option<Box<RawValue>>,
    /// What it chose last; null before the first step of an episode.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    action: Option<Box<RawValue>>,
}

/// An agent, in short.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentSummary)]
pub(crate) struct AgentSummary {
    #[schema(value_type = AgentName)]
    pub(crate) id: String,
    model: Referred,
    labels: Labels,
    #[schema(format = DateTime)]
    created_at: String,
}

impl AgentView {
    /// Reads the agent of this name as it is now.
    pub(crate) async fn read(platform: &Platform, workspace: i64, agent: AgentName) -> Result<Self, Problem> {
        let (log, library) = (platform.runtime.log().clone(), platform.library.clone());
        let read = move || {
            let current = Current::read(&log, &library, workspace, agent.as_str())?;
            let compiled = library.compiled_blocking(workspace, current.last.told.model)?;
            Self::of(&current, &compiled)
        };
        let read = tokio::task::spawn_blocking(read).await.map_err(Problem::internal)?;
        Ok(read?)
    }

    fn of(current: &Current, compiled: &Compiled) -> Result<Self, Refused> {
        let Current { stored, last, .. } = current;
        let (engine, state) = (&compiled.engine, current.restored(compiled)?);
        let spec = engine.model().spec();
        let factors = spec.factors.iter().enumerate();
        let believed = factors.map(|(at, axis)| Some((axis.name.as_str(), by_label(axis, engine.belief(&state, at)?))));
        let beliefs = believed.collect::<Option<crate::decisions::Named<'_, _>>>();
        let chosen = state.action().map(|values| action(&spec.controls, values));
        let written = |error: serde_json::Error| Refused::Internal(error.to_string());
        Ok(Self {
            id: stored.name.clone(),
            model: Referred::of(compiled),
            labels: stored.labels.clone(),
            seed: stored.seed,
            created_at: stored.created_at.to_string(),
            created_by: stored.created_by.clone(),
            step: last.told.step,
            episode: last.told.episode,
            revision: last.revision,
            beliefs: beliefs.map(|beliefs| to_raw_value(&beliefs)).transpose().map_err(written)?,
            action: chosen.map(|chosen| to_raw_value(&chosen)).transpose().map_err(written)?,
        })
    }
}

impl AgentSummary {
    /// Of agents, whose models `refer` knows by their keys.
    pub(crate) fn of_all(
        agents: Vec<Stored>,
        mut refer: impl FnMut(i64) -> store::Result<Referred>,
    ) -> store::Result<Vec<Self>> {
        let mut models: BTreeMap<i64, Referred> = BTreeMap::new();
        let summary = |Stored { name, model, labels, created_at, .. }: Stored| {
            let model = match models.get(&model) {
                Some(model) => model.clone(),
                None => models.entry(model).or_insert(refer(model)?).clone(),
            };
            Ok(Self { id: name, model, labels, created_at: created_at.to_string() })
        };
        agents.into_iter().map(summary).collect()
    }
}
