//! `GET /api/v1/events`.

use axiomcore::http::Problem;
use axiomcore::identity::Allowed;
use axum::extract::State;
use axum::response::Response;

use super::start::{After, Followed, LastEventId, Start};
use crate::live::teller::LiveEvent;
use crate::server::Platform;
use crate::server::codes::{INVALID_HEADER, TOO_MANY_STREAMS};
use crate::server::openapi::failures;
use crate::server::permissions::ReadAgents;

failures! { Failures: INVALID_HEADER, TOO_MANY_STREAMS }

/// Follow agents by their labels
///
/// As for one agent: server-sent events of all agents that have all the labels now, also of those that get them later.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    params(Followed, After, LastEventId),
    responses(
        (status = 200, description = "Events, as they happen.", content((LiveEvent = "text/event-stream"))),
        Failures,
    ),
)]
pub(crate) async fn follow_agents(
    caller: Allowed<ReadAgents>,
    State(platform): State<Platform>,
    Start(Followed { labels }, After { after }): Start,
) -> Result<Response, Problem> {
    platform.live.stream_labelled(caller.principal(), labels, after).await
}
