//! What a request that fails gets: problem details (RFC 9457).
//!
//! Domain code has errors of its own; at the edge they become a [`Problem`] with a declared [`ErrorCode`]. The document
//! is written by the middleware, which knows the request's id.

use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::{Context, ErrorCode, StatusCode, codes};
use crate::audit::Refusal;
use crate::store;

/// Why a request failed, for who sent it. Never holds internal text.
#[derive(Clone, Debug)]
pub struct Problem(Box<Content>);

#[derive(Clone, Debug)]
struct Content {
    code: &'static ErrorCode,
    fields: Map<String, Value>,
    headers: HeaderMap,
    /// What the record counts it as.
    refusal: Option<Refusal>,
}

impl Problem {
    /// A problem without particulars.
    pub fn new(code: &'static ErrorCode) -> Self {
        let refusal = refusal_of(code.status);
        Self(Box::new(Content { code, fields: Map::new(), headers: HeaderMap::new(), refusal }))
    }

    /// A mistake of ours: the cause goes to the log, beside the request's id, and nowhere else.
    pub fn internal(cause: impl fmt::Display) -> Self {
        tracing::error!(cause = %cause, "internal error: {cause}");
        Self::new(&codes::INTERNAL)
    }

    /// What went wrong this time.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        self.with("detail", detail.into())
    }

    /// The field of the body that it is about, as a JSON Pointer.
    #[must_use]
    pub fn pointer(self, pointer: impl Into<String>) -> Self {
        self.with("pointer", pointer.into())
    }

    /// What to do about it.
    #[must_use]
    pub fn mend(self, mend: impl Into<String>) -> Self {
        self.with("mend", mend.into())
    }

    /// One more member of the document.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.fields.insert(name.to_owned(), value.into());
        self
    }

    /// When to come again, if nothing was done; it is also the mend, where there is no other.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        let seconds = after.as_millis().div_ceil(1_000).max(1) as u64;
        self.0.fields.entry("mend").or_insert_with(|| format!("Come again in {}.", spelled(seconds)).into());
        self.header(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// When to send it again, if it may have been done all the same.
    #[must_use]
    pub fn repeat_after(self, after: Duration) -> Self {
        let seconds = after.as_millis().div_ceil(1_000).max(1) as u64;
        let how = format!("Send it again in {}, with the same `Idempotency-Key` if it had one.", spelled(seconds));
        self.mend(how).retry_after(after)
    }

    /// One more header of the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// What the record counts it as, if the status does not say it; nothing is no refusal.
    #[must_use]
    pub fn counted_as(mut self, refusal: impl Into<Option<Refusal>>) -> Self {
        self.0.refusal = refusal.into();
        self
    }

    /// Its code.
    pub const fn code(&self) -> &'static ErrorCode {
        self.0.code
    }

    /// The document.
    pub fn document(&self, request_id: Option<&str>) -> Value {
        let ErrorCode { code, status, title, .. } = *self.0.code;
        let mut document = Map::new();
        document.insert("type".into(), format!("/errors/{code}").into());
        document.insert("title".into(), title.into());
        document.insert("status".into(), status.as_u16().into());
        document.insert("code".into(), code.into());
        document.extend(self.0.fields.clone());
        if let Some(id) = request_id {
            document.insert("request_id".into(), id.into());
        }
        Value::Object(document)
    }

    /// The whole answer, with status and headers as far as they are known.
    pub(super) fn answer(self, context: Option<&Context>, mut parts: Parts) -> Response {
        parts.headers.extend(self.0.headers.clone());
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(refusal) = self.0.refusal {
            parts.extensions.insert(refusal);
        }
        let mut document = self.document(context.map(Context::request_id));
        if let Value::Object(members) = &mut document {
            members.entry("mend").or_insert_with(|| self.0.code.mend().into());
        }
        if let Some(trace) = context.and_then(Context::trace_id) {
            document["trace_id"] = trace.to_string().into();
        }
        Response::from_parts(parts, Body::from(document.to_string()))
    }
}

/// A time as people say it, rather too long than too short.
fn spelled(seconds: u64) -> String {
    if seconds <= 90 { format!("{seconds} s") } else { format!("{} min", seconds.div_ceil(60)) }
}

/// What a status says of itself.
const fn refusal_of(status: StatusCode) -> Option<Refusal> {
    match status {
        StatusCode::UNAUTHORIZED => Some(Refusal::Unauthenticated),
        StatusCode::FORBIDDEN => Some(Refusal::Forbidden),
        StatusCode::TOO_MANY_REQUESTS => Some(Refusal::Limited),
        _ => None,
    }
}

/// The problem travels beside an answer that has the status; the middleware, which knows the request's id, does the rest.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.0.code.status;
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = self.0.fields.get("detail").and_then(Value::as_str).unwrap_or(self.0.code.title);
        write!(f, "{}: {detail}", self.0.code.code)
    }
}

/// What the store says is for operators; who asked learns only whether to try again. A conflict that a handler did not
/// foresee is a mistake of the handler.
impl From<&store::Error> for Problem {
    fn from(error: &store::Error) -> Self {
        match error {
            store::Error::Unavailable(_) => {
                tracing::error!(cause = %error, "{error}");
                Self::new(&codes::UNAVAILABLE).repeat_after(Duration::from_secs(1))
            }
            store::Error::Full(_) => {
                tracing::error!(cause = %error, "{error}");
                Self::new(&codes::STORAGE_FULL)
            }
            _ => Self::internal(error),
        }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Self::from(&error)
    }
}
