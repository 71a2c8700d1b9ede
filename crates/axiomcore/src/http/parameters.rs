//! Parameters of the path and behind the `?`, with problems instead of plain texts.

use axum::extract::path::ErrorKind;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path as AxumPath, Query as AxumQuery};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::{Problem, codes};

/// The parameters in the path.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match AxumPath::from_request_parts(parts, state).await {
            Ok(AxumPath(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(error)) => Err(misfit(in_path(error.kind()))),
            Err(error) => Err(Problem::internal(error)),
        }
    }
}

/// The parameters behind the `?`. A type with `deny_unknown_fields` refuses what it does not know.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found: Result<_, QueryRejection> = AxumQuery::from_request_parts(parts, state).await;
        match found {
            Ok(AxumQuery(value)) => Ok(Self(value)),
            Err(error) => Err(misfit(in_query(&error.body_text()))),
        }
    }
}

fn misfit(detail: String) -> Problem {
    Problem::new(&codes::INVALID_PARAMETER).detail(detail)
}

/// What is wrong in the path, without the names of Rust's types.
fn in_path(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::ParseErrorAtKey { value, .. }
        | ErrorKind::ParseErrorAtIndex { value, .. }
        | ErrorKind::ParseError { value, .. } => {
            format!("`{value}` in the path is no whole number, or too large a one")
        }
        ErrorKind::Message(text) | ErrorKind::DeserializeError { message: text, .. } => text.clone(),
        other => other.to_string(),
    }
}

/// What is wrong behind the `?`, without the words that axum puts in front.
fn in_query(text: &str) -> String {
    text.strip_prefix("Failed to deserialize query string: ").unwrap_or(text).to_owned()
}
