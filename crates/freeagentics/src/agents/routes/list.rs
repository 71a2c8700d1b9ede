//! `GET /api/v1/agents`.

use axiomcore::http::{Json, Problem};
use axiomcore::identity::Allowed;
use axum::extract::State;

use super::selection::{AgentListing, Cursor};
use super::view::AgentSummary;
use crate::agents::store;
use crate::server::Platform;
use crate::server::codes::INVALID_CURSOR;
use crate::server::openapi::failures;
use crate::server::page::Page;
use crate::server::permissions::ReadAgents;

failures! { Failures: INVALID_CURSOR }

/// List agents
///
/// By their ids, those that have been deleted left out. What one believes is told where that one is got.
#[utoipa::path(
    get,
    path = "/api/v1/agents",
    params(AgentListing),
    responses((status = 200, description = "A page of agents.", body = Page<AgentSummary>), Failures),
)]
pub(crate) async fn list_agents(
    caller: Allowed<ReadAgents>,
    State(platform): State<Platform>,
    listing: AgentListing,
) -> Result<Json<Page<AgentSummary>>, Problem> {
    let (workspace, library) = (caller.workspace, platform.library.clone());
    let (limit, after) = (listing.limit, listing.after.0.clone());
    let selection = listing.selection();
    let read = move |connection: &mut dyn axiomcore::store::Connection| {
        let found = store::list(connection, workspace, &selection, &after, limit.and_one_more())?;
        AgentSummary::of_all(found, |key| library.refer_by_key(connection, workspace, key))
    };
    let agents = platform.database.read(read).await?;
    Ok(Json(Page::of(agents, limit, |agent: &AgentSummary| Cursor::after(&agent.id))))
}
