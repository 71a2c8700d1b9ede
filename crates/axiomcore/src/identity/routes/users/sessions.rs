//! The sessions of somebody else: seeing them, and signing their owner out.

use axum::extract::State;

use super::super::sessions::SessionList;
use super::super::{EndSessions, ReadSessions};
use crate::failures;
use crate::http::{Json, Path, Problem, StatusCode};
use crate::identity::codes::{GRANTS_TOO_MUCH, SESSION_NOT_FOUND, USER_NOT_FOUND};
use crate::identity::{Allowed, Identity};

failures! { ListFailures: USER_NOT_FOUND }
failures! { EndFailures: GRANTS_TOO_MUCH, SESSION_NOT_FOUND, USER_NOT_FOUND }
failures! { EndAllFailures: GRANTS_TOO_MUCH, USER_NOT_FOUND }

/// List somebody's sessions
///
/// Those that go on, the newest first.
#[utoipa::path(
    get,
    tag = "users",
    path = "/api/v1/users/{id}/sessions",
    params(("id" = String, Path, description = "The user's id.")),
    responses((status = 200, description = "The sessions.", body = SessionList), ListFailures),
)]
pub async fn list_user_sessions(
    caller: Allowed<ReadSessions>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
) -> Result<Json<SessionList>, Problem> {
    let found = identity.list_sessions_of(&caller, &id).await?;
    let sessions = found.ok_or_else(|| Problem::new(&USER_NOT_FOUND))?;
    Ok(Json(SessionList::of(sessions, &caller)))
}

/// End one of somebody's sessions
///
/// What came by it stops working: at once on this node, within a second on others.
#[utoipa::path(
    delete,
    tag = "users",
    path = "/api/v1/users/{id}/sessions/{session}",
    params(
        ("id" = String, Path, description = "The user's id."),
        ("session" = String, Path, description = "The session's id."),
    ),
    responses((status = 204, description = "It has ended."), EndFailures),
)]
pub async fn end_user_session(
    caller: Allowed<EndSessions>,
    State(identity): State<Identity>,
    Path((id, session)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    if identity.end_session_of(&caller, &id, &session).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::new(&SESSION_NOT_FOUND))
}

/// Sign somebody out
///
/// All their sessions end: at once on this node, within a second on others. They can sign in again; who must not is
/// disabled.
#[utoipa::path(
    delete,
    tag = "users",
    path = "/api/v1/users/{id}/sessions",
    params(("id" = String, Path, description = "The user's id.")),
    responses((status = 204, description = "They have ended."), EndAllFailures),
)]
pub async fn end_user_sessions(
    caller: Allowed<EndSessions>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    identity.end_sessions_of(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
