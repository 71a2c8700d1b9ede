//! Where problems become documents: the one place that knows both the problem and the request's id.

use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Context, ErrorCode, Open, Problem, StatusCode, codes};

pub(super) async fn not_found(_: Open) -> Problem {
    Problem::new(&codes::NOT_FOUND)
}

pub(super) async fn method_not_allowed(_: Open) -> Problem {
    Problem::new(&codes::METHOD_NOT_ALLOWED)
}

pub(super) async fn write_problems(request: Request, next: Next) -> Response {
    let context = Context::of(request.extensions()).cloned();
    let mut response = next.run(request).await;
    let problem = response.extensions_mut().remove::<Problem>().or_else(|| of_plain(&response));
    let Some(problem) = problem else { return response };
    // Others have added headers on the way, such as `Allow` and `Vary`.
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.remove(CONTENT_TYPE);
    problem.answer(context.as_ref(), parts)
}

/// A failure that somebody below answered without a problem, such as an extractor of axum's. Its plain text may be
/// internal, so the document has only what the status says. Documents of other types are left alone.
fn of_plain(response: &Response) -> Option<Problem> {
    let status = response.status();
    let is_failure = status.is_client_error() || status.is_server_error();
    let content_type = response.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let is_plain = content_type.is_none_or(|value| value.starts_with("text/plain"));
    (is_failure && is_plain).then(|| Problem::new(code_of(status)).with("status", status.as_u16()))
}

fn code_of(status: StatusCode) -> &'static ErrorCode {
    let same_status = codes::CODES.iter().find(|code| code.status == status).copied();
    let general = if status.is_server_error() { &codes::INTERNAL } else { &codes::BAD_REQUEST };
    same_status.unwrap_or(general)
}

impl IntoResponse for &'static ErrorCode {
    fn into_response(self) -> Response {
        Problem::new(self).into_response()
    }
}
