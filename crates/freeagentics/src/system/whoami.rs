//! `GET /api/v1/whoami`.

use axiomcore::http::Json;
use axiomcore::identity::{Anybody, Permissions, Principal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::server::permissions;

/// Who asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct Whoami {
    /// Who they are within their workspace; recorded with everything they do.
    id: String,
    /// What they are: `api_key`.
    kind: &'static str,
    /// The workspace that they belong to.
    #[schema(minimum = 1)]
    workspace: i64,
    /// What they may do.
    permissions: Vec<String>,
    /// Whether they may do everything, what later versions add included.
    administrator: bool,
}

/// Who asks, and what they may do
#[utoipa::path(get, path = "/api/v1/whoami", responses((status = 200, description = "You.", body = Whoami)))]
pub(crate) async fn get_whoami(Anybody(principal): Anybody) -> Json<Whoami> {
    let Principal { workspace, id, kind, permissions: has, .. } = &*principal;
    let known = permissions::all().filter(|permission| has.has(**permission));
    Json(Whoami {
        id: id.clone(),
        kind: kind.name(),
        workspace: *workspace,
        permissions: known.map(|permission| permission.name.to_owned()).collect(),
        administrator: *has == Permissions::Every,
    })
}
