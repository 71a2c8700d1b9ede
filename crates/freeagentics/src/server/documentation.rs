//! `GET /openapi.json`.

use std::sync::LazyLock;

use axiomcore::http::{Catalogue, DeclaredTwice, Open};
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::routes::{operations, routes};
use super::{codes, openapi};

/// The same for everybody and as long as the program runs, so it is written once, when somebody first asks for it.
static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| document().to_string().into());

/// Everything that can go wrong.
pub(crate) fn catalogue() -> Result<Catalogue, DeclaredTwice> {
    Catalogue::new()?.with(codes::CODES)
}

/// The document about the API.
pub(crate) fn document() -> Value {
    openapi::document(operations(), &routes().table(), &catalogue().unwrap_or_default())
}

/// The document about this API
#[utoipa::path(get, path = "/openapi.json", tag = "service", responses(
    (status = 200, description = "OpenAPI 3.1.", body = Value, content_type = "application/json"),
))]
pub(crate) async fn get_openapi(_: Open) -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.clone()).into_response()
}
