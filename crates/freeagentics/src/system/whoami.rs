//! `GET /api/v1/whoami`.

use axiomcore::http::{Json, Problem};
use axiomcore::identity::{Anybody, Identity, Permissions, Principal, User};
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::server::permissions;

/// Who asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct Whoami {
    /// Who they are within their workspace; recorded with everything they do.
    id: String,
    /// What they are, such as `api_key` or `user`.
    kind: &'static str,
    /// What they came by: `key`, `token` or `cookie`.
    came_by: &'static str,
    /// The session that they came by, if it is one.
    session: Option<String>,
    /// When the credential ends by itself, if it does.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// A person's address, name and roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<WhoamiUser>,
    /// The workspace that they belong to.
    #[schema(minimum = 1)]
    workspace: i64,
    /// What they may do.
    permissions: Vec<String>,
    /// Whether they may do everything, what later versions add included.
    administrator: bool,
}

/// A person.
#[derive(Serialize, ToSchema)]
struct WhoamiUser {
    email: String,
    name: String,
    roles: Vec<String>,
    /// What the workspace is called, by which they sign in.
    workspace: Option<String>,
}

/// Who asks, and what they may do
#[utoipa::path(get, path = "/api/v1/whoami", responses((status = 200, description = "You.", body = Whoami)))]
pub(crate) async fn get_whoami(
    Anybody(principal): Anybody,
    State(identity): State<Identity>,
) -> Result<Json<Whoami>, Problem> {
    let user = match identity.user_of(&principal).await? {
        Some(User { email, name, roles, .. }) => {
            Some(WhoamiUser { email, name, roles, workspace: identity.workspace_of(&principal).await? })
        }
        None => None,
    };
    let Principal { workspace, id, kind, permissions: has, came_by, session, expires_at, .. } = &*principal;
    let known = permissions::all().filter(|permission| has.has(**permission));
    Ok(Json(Whoami {
        id: id.clone(),
        kind: kind.name(),
        came_by: came_by.name(),
        session: session.clone(),
        expires_at: expires_at.map(|at| at.to_string()),
        user,
        workspace: *workspace,
        permissions: known.map(|permission| permission.name.to_owned()).collect(),
        administrator: *has == Permissions::Every,
    }))
}
