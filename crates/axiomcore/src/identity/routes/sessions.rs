//! The sessions of whoever asks: listing and ending them.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use serde::Serialize;
use utoipa::ToSchema;

use super::sign_in::baked;
use crate::failures;
use crate::http::{Json, Path, Problem, StatusCode};
use crate::identity::codes::{NO_SESSION, SESSION_NOT_FOUND};
use crate::identity::{Anybody, CameBy, Identity, Principal, Session};

/// Somebody's presence, from signing in to signing out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    id: String,
    /// Whether it is the one that this request came by.
    current: bool,
    #[schema(format = DateTime)]
    created_at: String,
    /// To about a minute.
    #[schema(format = DateTime)]
    last_used_at: String,
    /// When it ends, however much it is used.
    #[schema(format = DateTime)]
    expires_at: String,
    /// Where somebody signed in from.
    address: String,
    /// What their browser or program called itself.
    client: String,
}

/// All sessions of somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sessions)]
pub struct SessionList {
    items: Vec<SessionView>,
}

impl SessionList {
    /// As the caller sees them.
    pub(super) fn of(sessions: Vec<Session>, caller: &Principal) -> Self {
        Self { items: sessions.into_iter().map(|session| view(session, caller)).collect() }
    }
}

fn view(session: Session, caller: &Principal) -> SessionView {
    SessionView {
        current: caller.session.as_ref() == Some(&session.id),
        id: session.id,
        created_at: session.created_at.to_string(),
        last_used_at: session.last_used_at.to_string(),
        expires_at: session.expires_at.to_string(),
        address: session.origin.address,
        client: session.origin.client,
    }
}

failures! { EndFailures: SESSION_NOT_FOUND }
failures! { SignOutFailures: NO_SESSION }

/// List one's sessions
///
/// Those of whoever asks that go on, the newest first. An API key has none.
#[utoipa::path(
    get,
    tag = "sessions",
    path = "/api/v1/sessions",
    responses((status = 200, description = "The sessions.", body = SessionList)),
)]
pub async fn list_sessions(
    Anybody(caller): Anybody,
    State(identity): State<Identity>,
) -> Result<Json<SessionList>, Problem> {
    Ok(Json(SessionList::of(identity.list_sessions(&caller).await?, &caller)))
}

/// End one of one's sessions
///
/// What came by it stops working: at once on this node, within a second on others.
#[utoipa::path(
    delete,
    tag = "sessions",
    path = "/api/v1/sessions/{id}",
    params(("id" = String, Path, description = "The session's id.")),
    responses((status = 204, description = "It has ended."), EndFailures),
)]
pub async fn end_session(
    Anybody(caller): Anybody,
    State(identity): State<Identity>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    if identity.end_session(&caller, &id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::new(&SESSION_NOT_FOUND))
}

/// End all of one's sessions
///
/// The one that asks too.
#[utoipa::path(
    delete,
    tag = "sessions",
    path = "/api/v1/sessions",
    responses((status = 204, description = "They have ended.")),
)]
pub async fn end_sessions(
    Anybody(caller): Anybody,
    State(identity): State<Identity>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    identity.end_sessions(&caller).await?;
    Ok((StatusCode::NO_CONTENT, without_cookie(&identity, &caller)?))
}

/// Sign out
///
/// Ends the session that the request came by; a cookie is taken back.
#[utoipa::path(
    post,
    tag = "sessions",
    path = "/api/v1/sign-out",
    responses((status = 204, description = "The session has ended."), SignOutFailures),
)]
pub async fn sign_out(
    Anybody(caller): Anybody,
    State(identity): State<Identity>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let session = caller.session.as_ref().ok_or_else(|| Problem::new(&NO_SESSION))?;
    identity.end_session(&caller, session).await?;
    Ok((StatusCode::NO_CONTENT, without_cookie(&identity, &caller)?))
}

/// Takes the cookie back from a browser that has one.
fn without_cookie(identity: &Identity, caller: &Principal) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    if caller.came_by == CameBy::Cookie {
        headers.insert(SET_COOKIE, baked(identity.cookie(), "", 0)?);
    }
    Ok(headers)
}
