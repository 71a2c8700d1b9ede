//! The id of a request: the caller's, if it is a sane one, or a new one.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderName;
use axum::middleware::Next;
use axum::response::Response;

use super::Context;
use crate::entropy::Ids;
use crate::telemetry::traces::Traces;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Longer ones, or ones with other characters, would only serve to fill or forge the log.
const LONGEST: usize = 64;

/// What names requests.
#[derive(Clone)]
pub(super) struct Names {
    pub(super) ids: Arc<Ids>,
    pub(super) traces: Traces,
}

pub(super) async fn assign(State(Names { ids, traces }): State<Names>, mut request: Request, next: Next) -> Response {
    let theirs = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| is_sane(id));
    let mut parents = request.headers().get_all(TRACEPARENT).iter();
    // Of two that differ nobody knows which is meant.
    let parent = parents.next().filter(|_| parents.next().is_none()).and_then(|value| value.to_str().ok());
    let context = Context::new(theirs.map_or_else(|| ids.next().to_string(), str::to_owned), traces.begin(parent));
    request.extensions_mut().insert(context.clone());
    let mut response = next.run(request).await;
    if let Some(value) = context.header() {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn is_sane(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}
