//! A panic costs one request, not the connection or the process.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use super::Problem;

pub(super) async fn contain(request: Request, next: Next) -> Response {
    // What a handler shares is behind locks that notice a panic, so nothing half-done is seen.
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answered.unwrap_or_else(|_| Problem::internal("a handler panicked; the log has its message").into_response())
}
