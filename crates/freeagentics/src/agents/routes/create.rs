//! `POST /api/v1/agents`.

use axiomcore::http::{Json, Problem, StatusCode};
use axiomcore::identity::Allowed;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};

use super::answers::tagged;
use super::new_agent::{NewAgentBody, find, taken};
use super::view::AgentView;
use crate::server::Platform;
use crate::server::codes::{AGENT_EXISTS, MODEL_NOT_FOUND};
use crate::server::openapi::failures;
use crate::server::permissions::WriteAgents;

failures! { Failures: AGENT_EXISTS, MODEL_NOT_FOUND }

/// Make an agent
#[utoipa::path(
    post,
    path = "/api/v1/agents",
    request_body = NewAgentBody,
    responses(
        (status = 201, description = "The agent, which has seen nothing yet.", body = AgentView,
         headers(
            ("ETag" = String, description = "Its revision, in quotes."),
            ("Location" = String, description = "Its address."),
         ),
         links(
            ("agent" = (operation_id = "get_agent", parameters(("id" = "$response.body#/id")))),
            ("step" = (operation_id = "step_agent", parameters(("id" = "$response.body#/id")))),
            ("decisions" = (operation_id = "list_decisions", parameters(("id" = "$response.body#/id")))),
            ("labels" = (operation_id = "label_agent", parameters(("id" = "$response.body#/id")))),
            ("reset" = (operation_id = "reset_agent", parameters(("id" = "$response.body#/id")))),
            ("delete" = (operation_id = "delete_agent", parameters(("id" = "$response.body#/id")))),
         )),
        Failures,
    ),
)]
pub(crate) async fn create_agent(
    caller: Allowed<WriteAgents>,
    State(platform): State<Platform>,
    Json(body): Json<NewAgentBody>,
) -> Result<Response, Problem> {
    let (workspace, library, reference) = (caller.workspace, platform.library.clone(), body.reference()?);
    let model = platform.database.read(move |connection| find(connection, &library, workspace, &reference)).await??;
    // Before anything is stored: one whose model cannot be read could not be answered afterwards.
    platform.library.compiled(workspace, model.key).await?;
    let agent = body.prepared(&platform, model).agent;
    let name = agent.name.clone();
    if platform.runtime.create(caller.principal(), vec![agent]).await? != [true] {
        return Err(taken(&name));
    }
    let view = AgentView::read(&platform, workspace, name).await?;
    let location = HeaderValue::try_from(format!("/api/v1/agents/{}", view.id)).map_err(Problem::internal)?;
    let revision = view.revision;
    Ok(tagged((StatusCode::CREATED, [(LOCATION, location)], Json(view)).into_response(), revision))
}
