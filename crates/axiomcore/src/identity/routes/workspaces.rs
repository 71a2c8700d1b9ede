//! Workspaces, and the first people in them.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::keys::CreatedKeyView;
use super::users::{InvitedView, NewUserBody, may_deliver};
use super::{ReadWorkspaces, WriteWorkspaces};
use crate::failures;
use crate::http::codes::INVALID_BODY;
use crate::http::{Json, Path, Problem, StatusCode};
use crate::identity::codes::{
    DEFAULT_WORKSPACE_ONLY, EMAIL_INVALID, EMAIL_TAKEN, GRANTS_TOO_MUCH, NAME_INVALID, NO_MAIL, OUTLIVES_MAKER,
    ROLE_UNKNOWN, TICKETS_ARE_MAILED, WORKSPACE_EXISTS, WORKSPACE_NOT_FOUND,
};
use crate::identity::mail::{Kind, Mail};
use crate::identity::{Allowed, Identity, Workspace, WorkspaceError};

/// An installation within the installation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Workspace)]
pub struct WorkspaceView {
    #[schema(minimum = 1)]
    id: i64,
    name: String,
    #[schema(format = DateTime)]
    created_at: String,
}

/// The workspaces that you can see.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Workspaces)]
pub struct WorkspaceList {
    items: Vec<WorkspaceView>,
}

/// What a workspace is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWorkspace)]
pub struct WorkspaceBody {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// A new workspace, with the key that opens it.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedWorkspace)]
pub struct CreatedWorkspaceView {
    #[serde(flatten)]
    workspace: WorkspaceView,
    /// Its administrator's first key, told only now.
    administrator: CreatedKeyView,
}

failures! { CreateFailures: DEFAULT_WORKSPACE_ONLY, NAME_INVALID, OUTLIVES_MAKER, WORKSPACE_EXISTS }
failures! { RenameFailures: DEFAULT_WORKSPACE_ONLY, NAME_INVALID, WORKSPACE_EXISTS, WORKSPACE_NOT_FOUND }
failures! { InviteFailures:
DEFAULT_WORKSPACE_ONLY, EMAIL_INVALID, EMAIL_TAKEN, GRANTS_TOO_MUCH, NAME_INVALID, NO_MAIL, OUTLIVES_MAKER,
ROLE_UNKNOWN, TICKETS_ARE_MAILED, WORKSPACE_NOT_FOUND }

/// List workspaces
///
/// All of them for the default workspace; for others only their own.
#[utoipa::path(
    get,
    tag = "workspaces",
    path = "/api/v1/workspaces",
    responses((status = 200, description = "The workspaces.", body = WorkspaceList)),
)]
pub async fn list_workspaces(
    caller: Allowed<ReadWorkspaces>,
    State(identity): State<Identity>,
) -> Result<Json<WorkspaceList>, Problem> {
    let found = identity.list_workspaces(&caller).await?;
    Ok(Json(WorkspaceList { items: found.into_iter().map(Into::into).collect() }))
}

/// Make a workspace
///
/// With a key that may everything in it, which is in this answer and nowhere else.
#[utoipa::path(
    post,
    tag = "workspaces",
    path = "/api/v1/workspaces",
    request_body = WorkspaceBody,
    responses((status = 201, description = "The workspace and its first key.", body = CreatedWorkspaceView), CreateFailures),
)]
pub async fn create_workspace(
    caller: Allowed<WriteWorkspaces>,
    State(identity): State<Identity>,
    Json(WorkspaceBody { name }): Json<WorkspaceBody>,
) -> Result<(StatusCode, Json<CreatedWorkspaceView>), Problem> {
    let made = identity.create_workspace(&caller, &name).await?;
    let view = CreatedWorkspaceView { workspace: made.workspace.into(), administrator: made.key.into() };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Rename a workspace
#[utoipa::path(
    put,
    tag = "workspaces",
    path = "/api/v1/workspaces/{id}",
    params(("id" = u32, Path, description = "The workspace's number.")),
    request_body = WorkspaceBody,
    responses((status = 200, description = "The workspace.", body = WorkspaceView), RenameFailures),
)]
pub async fn rename_workspace(
    caller: Allowed<WriteWorkspaces>,
    State(identity): State<Identity>,
    Path(id): Path<u32>,
    Json(WorkspaceBody { name }): Json<WorkspaceBody>,
) -> Result<Json<WorkspaceView>, Problem> {
    Ok(Json(identity.rename_workspace(&caller, id.into(), &name).await?.into()))
}

/// Invite somebody into a workspace
///
/// The first person there, or one who helps out.
#[utoipa::path(
    post,
    tag = "workspaces",
    path = "/api/v1/workspaces/{id}/users",
    params(("id" = u32, Path, description = "The workspace's number.")),
    request_body = NewUserBody,
    responses((status = 201, description = "Who was invited.", body = InvitedView), InviteFailures),
)]
pub async fn invite_into_workspace(
    caller: Allowed<WriteWorkspaces>,
    State(identity): State<Identity>,
    State(mail): State<Mail>,
    Path(id): Path<u32>,
    Json(body): Json<NewUserBody>,
) -> Result<(StatusCode, Json<InvitedView>), Problem> {
    if body.has_hash() {
        let told = Problem::new(&INVALID_BODY).detail("people are taken over inside their workspace only");
        return Err(told.pointer("/password_hash"));
    }
    let asked = body.asks_for_ticket();
    may_deliver(&identity, &mail, asked)?;
    let envelope = mail.envelope(Kind::Invitation);
    let invited = identity.invite_elsewhere(&caller, id.into(), body.into_user(), envelope).await?;
    Ok((StatusCode::CREATED, Json(InvitedView::of(invited, asked.then_some(&mail)))))
}

impl From<Workspace> for WorkspaceView {
    fn from(workspace: Workspace) -> Self {
        Self { id: workspace.id, name: workspace.name, created_at: workspace.created_at.to_string() }
    }
}

impl From<WorkspaceError> for Problem {
    fn from(error: WorkspaceError) -> Self {
        let detail = error.to_string();
        match error {
            WorkspaceError::NotFound => Self::new(&WORKSPACE_NOT_FOUND),
            WorkspaceError::Taken => Self::new(&WORKSPACE_EXISTS).pointer("/name"),
            WorkspaceError::Name => Self::new(&NAME_INVALID).pointer("/name"),
            WorkspaceError::Elsewhere => Self::new(&DEFAULT_WORKSPACE_ONLY),
            WorkspaceError::Outlives => Self::new(&OUTLIVES_MAKER).detail(detail),
            WorkspaceError::User(error) => error.into(),
            WorkspaceError::Entropy(error) => Self::internal(error),
            WorkspaceError::Lapsed(lapsed) => lapsed.into(),
            WorkspaceError::Store(error) => error.into(),
        }
    }
}
