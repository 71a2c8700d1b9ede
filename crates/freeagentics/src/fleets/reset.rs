//! `POST /api/v1/fleets/reset`.

use axiomcore::http::{Context, Json, Problem};
use axiomcore::identity::Allowed;
use axum::Extension;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::select::select;
use crate::agents::routes::guards::{IdempotencyKey, NoGuards};
use crate::agents::{AgentName, Labels};
use crate::runtime::{Ask, Guarded, Request};
use crate::server::Platform;
use crate::server::codes::{INVALID_HEADER, TOO_MANY_AGENTS};
use crate::server::openapi::failures;
use crate::server::permissions::WriteAgents;

failures! { Failures: TOO_MANY_AGENTS, INVALID_HEADER }

/// A new episode for a whole fleet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewFleetReset)]
pub(crate) struct FleetReset {
    /// Labels that all of its agents have; at least one.
    labels: Labels,
    /// For each agent: the same again gets its first answer and does nothing more.
    idempotency_key: Option<IdempotencyKey>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FleetResetOutcome)]
pub(crate) struct Outcome {
    /// How many agents begin a new episode.
    reset: usize,
    /// Those that could not be reset, each with the reason.
    failed: Vec<Failed>,
}

/// An agent that could not be reset.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FailedReset)]
pub(crate) struct Failed {
    #[schema(value_type = AgentName)]
    agent: String,
    #[schema(value_type = Object)]
    problem: Value,
}

/// Begin a new episode for a fleet
#[utoipa::path(
    post,
    path = "/api/v1/fleets/reset",
    request_body = FleetReset,
    responses((status = 200, description = "How many were reset.", body = Outcome), Failures),
)]
pub(crate) async fn reset_fleet(
    caller: Allowed<WriteAgents>,
    State(platform): State<Platform>,
    Extension(context): Extension<Context>,
    _: NoGuards,
    Json(FleetReset { labels, idempotency_key }): Json<FleetReset>,
) -> Result<Json<Outcome>, Problem> {
    let agents = select(&platform, caller.workspace, labels).await?;
    let guarded = Guarded { idempotency_key: idempotency_key.map(IdempotencyKey::text), if_match: None };
    let request = |agent: &AgentName| {
        let (principal, guarded) = (caller.principal(), guarded.clone());
        Request { principal, agent: agent.clone(), guarded, ask: Ask::Reset, walk: None }
    };
    let answers = platform.runtime.ask_all(agents.iter().map(request).collect()).await;
    let mut outcome = Outcome { reset: 0, failed: Vec::new() };
    for (agent, answer) in agents.iter().zip(answers) {
        match answer {
            Ok(_) => outcome.reset += 1,
            Err(refused) => {
                let problem = Problem::from(refused).document(Some(context.request_id()));
                outcome.failed.push(Failed { agent: agent.to_string(), problem });
            }
        }
    }
    Ok(Json(outcome))
}
