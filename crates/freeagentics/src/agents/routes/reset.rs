//! `POST /api/v1/agents/{id}/reset`.

use axiomcore::http::{Json, Path, Problem};
use axiomcore::identity::Allowed;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::headed;
use super::guards::Guards;
use crate::agents::AgentName;
use crate::runtime::{Ask, Request};
use crate::server::Platform;
use crate::server::codes::{
    AGENT_BUSY, AGENT_DELETED, AGENT_NOT_FOUND, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_WINDOW_PASSED, INVALID_HEADER,
    REVISION_MISMATCH,
};
use crate::server::openapi::failures;
use crate::server::permissions::WriteAgents;

failures! {
    Failures: AGENT_NOT_FOUND, AGENT_DELETED, AGENT_BUSY, REVISION_MISMATCH, IDEMPOTENCY_KEY_REUSED,
    IDEMPOTENCY_WINDOW_PASSED, INVALID_HEADER,
}

/// A reset; there is nothing to say about it.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReset)]
pub(crate) struct ResetBody {}

/// Where an agent is after a reset.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reset)]
pub(crate) struct ResetAnswer {
    /// The agent.
    #[schema(value_type = AgentName)]
    id: String,
    /// The episode that begins.
    #[schema(minimum = 1)]
    episode: u64,
    #[schema(minimum = 1)]
    revision: u64,
    /// Steps so far; they go on counting.
    step: u64,
}

/// Begin a new episode
///
/// The agent forgets what it believes; with its next step it begins from the prior again. Steps go on counting, and what
/// was decided stays in the log.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{id}/reset",
    params(AgentName, Guards),
    request_body = ResetBody,
    responses(
        (status = 200, description = "A new episode.", body = ResetAnswer,
         headers(
            ("ETag" = String, description = "The agent's revision, in quotes."),
            ("Idempotent-Replay" = String, description = "`true` if this is the answer to an earlier request."),
         )),
        Failures,
    ),
)]
pub(crate) async fn reset_agent(
    caller: Allowed<WriteAgents>,
    State(platform): State<Platform>,
    Path(agent): Path<AgentName>,
    guards: Guards,
    Json(ResetBody {}): Json<ResetBody>,
) -> Result<Response, Problem> {
    let id = agent.to_string();
    let request =
        Request { principal: caller.principal(), agent, guarded: guards.guarded(), ask: Ask::Reset, walk: None };
    let done = platform.runtime.ask(request).await?;
    let answer = ResetAnswer { id, episode: done.episode, revision: done.revision, step: done.step };
    Ok(headed(Json(answer).into_response(), Some(done.revision), done.replayed))
}
