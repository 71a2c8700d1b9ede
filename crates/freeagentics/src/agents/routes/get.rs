//! `GET /api/v1/agents/{id}`.

use axiomcore::http::{Json, Path, Problem};
use axiomcore::identity::Allowed;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::answers::tagged;
use super::view::AgentView;
use crate::agents::AgentName;
use crate::server::Platform;
use crate::server::codes::{AGENT_DELETED, AGENT_NOT_FOUND};
use crate::server::openapi::failures;
use crate::server::permissions::ReadAgents;

failures! { Failures: AGENT_NOT_FOUND, AGENT_DELETED }

/// Get an agent
///
/// With what it believes now. Whoever has the answer to a step sees that step here.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{id}",
    params(AgentName),
    responses(
        (status = 200, description = "The agent.", body = AgentView,
         headers(("ETag" = String, description = "Its revision, in quotes: for `If-Match`."))),
        Failures,
    ),
)]
pub(crate) async fn get_agent(
    caller: Allowed<ReadAgents>,
    State(platform): State<Platform>,
    Path(agent): Path<AgentName>,
) -> Result<Response, Problem> {
    let view = AgentView::read(&platform, caller.workspace, agent).await?;
    let revision = view.revision;
    Ok(tagged(Json(view).into_response(), revision))
}
