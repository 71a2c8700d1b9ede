//! JSON in and out. What does not fit is refused with the place of the field; unknown fields do not fit.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::pointer::{in_document, unknown_in};
use super::{Admitted, Problem, codes};
use crate::identity::Settled;

/// A body of JSON.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

/// Bodies from this size on are read on a thread that serves nobody else.
const LARGE: usize = 64 << 10;

impl<T: DeserializeOwned + Send + 'static, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(&codes::UNSUPPORTED_MEDIA_TYPE).mend("send JSON as application/json"));
        }
        let body = body_of(request).await?;
        if body.len() < LARGE {
            return parse(&body).map(Self);
        }
        let read = tokio::task::spawn_blocking(move || parse(&body)).await;
        read.unwrap_or_else(|error| Err(Problem::internal(error))).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response(),
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.starts_with("application/") && essence.ends_with("+json")
}

/// The whole body, within its limits of size and time.
///
/// # Errors
/// If it is compressed, too large, too slow or breaks off, or if who sent it may not any more when it is there.
pub async fn body_of(mut request: Request) -> Result<Bytes, Problem> {
    // A few compressed bytes can be any number of others.
    if request.headers().contains_key(CONTENT_ENCODING) {
        return Err(Problem::new(&codes::UNSUPPORTED_MEDIA_TYPE).mend("send the body without `Content-Encoding`"));
    }
    let limit = Admitted::of(request.extensions()).map_or(Duration::MAX, Admitted::body_timeout);
    let settled = request.extensions_mut().remove::<Settled>();
    let arrived = tokio::time::timeout(limit, request.into_body().collect()).await;
    let body = arrived.map_err(|_| Problem::new(&codes::BODY_TOO_SLOW))?.map_err(|error| broken(&error))?;
    if let Some(settled) = settled {
        settled.still_holds().await?;
    }
    Ok(body.to_bytes())
}

fn broken(error: &(dyn std::error::Error + 'static)) -> Problem {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Problem::new(&codes::BODY_TOO_LARGE);
        }
        cause = error.source();
    }
    Problem::new(&codes::BAD_REQUEST).detail("the body broke off")
}

/// Reads a text of JSON as strictly as a body is read.
///
/// # Errors
/// If it is no JSON, or a field is missing, unknown or of another kind.
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    let mut unknown = None;
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = serde_ignored::deserialize(&mut reader, |path| _ = unknown.get_or_insert_with(|| unknown_in(&path)));
    let value = read.and_then(|value| reader.end().map(|()| value)).map_err(|error| refused::<T>(text, &error))?;
    match unknown {
        None => Ok(value),
        Some((pointer, name)) => {
            Err(Problem::new(&codes::INVALID_BODY).detail(format!("there is no field `{name}` here")).pointer(pointer))
        }
    }
}

/// Reading again, slower, tells the place; almost all bodies are read once.
fn refused<T: DeserializeOwned>(text: &[u8], error: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    if matches!(error.classify(), Category::Syntax | Category::Eof | Category::Io) {
        return Problem::new(&codes::MALFORMED_JSON).detail(format!("{} ({place})", words(error)));
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let traced: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
    let pointer = traced.err().map(|error| in_document(error.path())).unwrap_or_default();
    Problem::new(&codes::INVALID_BODY).detail(format!("{} ({place})", words(error))).pointer(pointer)
}

/// What `serde_json` says, without the place that it adds.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
