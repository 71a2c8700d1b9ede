//! `PUT /api/v1/agents/{id}/labels`.

use axiomcore::audit;
use axiomcore::http::{Json, Path, Problem};
use axiomcore::identity::Allowed;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::answers::tagged;
use super::view::AgentView;
use crate::agents::{AgentName, Labels, store};
use crate::server::Platform;
use crate::server::codes::{AGENT_DELETED, AGENT_NOT_FOUND};
use crate::server::openapi::failures;
use crate::server::permissions::WriteAgents;

failures! { Failures: AGENT_NOT_FOUND, AGENT_DELETED }

/// All labels that an agent is to have.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewLabels)]
pub(crate) struct LabelsBody {
    labels: Labels,
}

/// Label an agent
///
/// It has these labels afterwards and no others. Its revision stays as it is, for labels have no part in what it decides.
#[utoipa::path(
    put,
    path = "/api/v1/agents/{id}/labels",
    params(AgentName),
    request_body = LabelsBody,
    responses(
        (status = 200, description = "The agent.", body = AgentView,
         headers(("ETag" = String, description = "Its revision, in quotes."))),
        Failures,
    ),
)]
pub(crate) async fn label_agent(
    caller: Allowed<WriteAgents>,
    State(platform): State<Platform>,
    Path(agent): Path<AgentName>,
    Json(LabelsBody { labels }): Json<LabelsBody>,
) -> Result<Response, Problem> {
    // One that is not there, or cannot be read, is told apart before anything is changed.
    AgentView::read(&platform, caller.workspace, agent.clone()).await?;
    let (principal, name, at) = (caller.principal(), agent.clone(), platform.clock.now());
    let relabel = move |connection: &mut dyn axiomcore::store::Connection| {
        if store::relabel(connection, principal.workspace, name.as_str(), &labels)? {
            let (workspace, principal) = (principal.workspace, principal.id.as_str());
            let entry = audit::Entry { workspace, at, principal, action: "agent.label" };
            entry.write(connection, name.as_str(), &json!({ "labels": labels.map() }))?;
        }
        Ok(())
    };
    platform.database.write(relabel).await?;
    platform.live.relabelled();
    // One that has gone meanwhile is told apart here.
    let view = AgentView::read(&platform, caller.workspace, agent).await?;
    let revision = view.revision;
    Ok(tagged(Json(view).into_response(), revision))
}
