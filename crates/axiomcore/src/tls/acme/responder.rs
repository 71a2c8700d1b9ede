//! What the authority asks, in the clear, on port 80 of the name: the proof that it is ours.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::store::answer_to;
use crate::store::Database;

/// Answers the authority's questions and nothing else.
pub fn responder(database: Database) -> Router {
    Router::new().route("/.well-known/acme-challenge/{token}", get(respond)).with_state(database)
}

async fn respond(State(database): State<Database>, Path(token): Path<String>) -> Response {
    match database.read(move |connection| answer_to(connection, &token)).await {
        Ok(Some(answer)) => ([(CONTENT_TYPE, "application/octet-stream")], answer).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a question of the authority could not be answered: {error}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
