//! `GET /api/v1/agents/{id}/events`.

use axiomcore::http::{Path, Problem};
use axiomcore::identity::Allowed;
use axum::extract::State;
use axum::response::Response;

use super::start::{After, LastEventId};
use crate::agents::AgentName;
use crate::live::teller::LiveEvent;
use crate::server::Platform;
use crate::server::codes::{AGENT_DELETED, AGENT_NOT_FOUND, INVALID_HEADER, TOO_MANY_STREAMS};
use crate::server::openapi::failures;
use crate::server::permissions::ReadAgents;

failures! { Failures: AGENT_NOT_FOUND, AGENT_DELETED, INVALID_HEADER, TOO_MANY_STREAMS }

/// Follow an agent
///
/// Server-sent events: each has the `id` to go on from, its kind as `event`, and a `LiveEvent` as `data`. A `gap` says that
/// events up to its `id` may be missing, because there were too many to catch up with. The stream ends with the agent,
/// with the credential, and when the server stops.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{id}/events",
    params(AgentName, After, LastEventId),
    responses(
        (status = 200, description = "Events, as they happen.",
         content((LiveEvent = "text/event-stream"))),
        Failures,
    ),
)]
pub(crate) async fn follow_agent(
    caller: Allowed<ReadAgents>,
    State(platform): State<Platform>,
    Path(agent): Path<AgentName>,
    After { after }: After,
) -> Result<Response, Problem> {
    platform.live.stream_agent(caller.principal(), agent, after).await
}
