//! `DELETE /api/v1/agents/{id}`.

use axiomcore::http::{Path, Problem, StatusCode};
use axiomcore::identity::Allowed;
use axum::extract::State;

use super::guards::IfMatch;
use crate::agents::AgentName;
use crate::runtime::{Ask, Guarded, Request};
use crate::server::Platform;
use crate::server::codes::{AGENT_BUSY, AGENT_DELETED, AGENT_NOT_FOUND, INVALID_HEADER, REVISION_MISMATCH};
use crate::server::openapi::failures;
use crate::server::permissions::DeleteAgents;

failures! { Failures: AGENT_NOT_FOUND, AGENT_DELETED, AGENT_BUSY, REVISION_MISMATCH, INVALID_HEADER }

/// Delete an agent
///
/// It decides nothing any more. Its history stays in the log, and its id is not free again.
#[utoipa::path(
    delete,
    path = "/api/v1/agents/{id}",
    params(AgentName, IfMatch),
    responses((status = 204, description = "It is gone."), Failures),
)]
pub(crate) async fn delete_agent(
    caller: Allowed<DeleteAgents>,
    State(platform): State<Platform>,
    Path(agent): Path<AgentName>,
    IfMatch { revision }: IfMatch,
) -> Result<StatusCode, Problem> {
    let guarded = Guarded { idempotency_key: None, if_match: revision };
    let request = Request { principal: caller.principal(), agent, guarded, ask: Ask::Delete, walk: None };
    platform.runtime.ask(request).await?;
    Ok(StatusCode::NO_CONTENT)
}
