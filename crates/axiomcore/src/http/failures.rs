//! What a handler declares about how it can fail.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::{RefOr, Response, ResponseBuilder};

use super::ErrorCode;

/// Under which a response carries its codes until the document about the API is written.
pub const DECLARED: &str = "x-codes";

/// Declares with which of the service's errors a handler may answer, as a type to be named in its `responses`.
#[macro_export]
macro_rules! failures {
    ($(#[doc = $about:literal])* $name:ident: $($code:path),+ $(,)?) => {
        $(#[doc = $about])*
        #[derive(Debug)]
        pub(crate) enum $name {}

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
                $crate::http::responses_of(&[$(&$code),+])
            }
        }
    };
}

/// Codes by their status, as responses that the document completes.
pub fn responses_of(codes: &[&'static ErrorCode]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for code in codes {
        by_status.entry(code.status.as_u16().to_string()).or_default().push(code.code);
    }
    let response = |codes: Vec<&str>| {
        let codes = Extensions::from_iter([(DECLARED, json!(codes))]);
        ResponseBuilder::new().extensions(Some(codes)).build().into()
    };
    by_status.into_iter().map(|(status, codes)| (status, response(codes))).collect()
}
