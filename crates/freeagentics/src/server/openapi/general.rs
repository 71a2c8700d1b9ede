//! What any request can meet on its way to a handler, so that no handler has to declare it.

use axiomcore::http::codes::{
    BAD_REQUEST, BODY_TOO_LARGE, BODY_TOO_SLOW, HEADERS_TOO_LARGE, INTERNAL, INVALID_BODY, INVALID_PARAMETER,
    MALFORMED_JSON, NOT_FOUND, OVERLOADED, RATE_LIMITED, STORAGE_FULL, TIMED_OUT, UNAVAILABLE, UNSUPPORTED_MEDIA_TYPE,
};
use axiomcore::http::{Access, ErrorCode};
use axiomcore::identity::codes::{CROSS_SITE_REQUEST, FORBIDDEN, UNAUTHENTICATED};
use serde_json::Value;

/// What decides it.
pub(super) struct Operation<'d> {
    pub(super) path: &'d str,
    pub(super) method: &'d str,
    pub(super) access: Access,
    /// As the document has it so far.
    pub(super) documented: &'d Value,
}

impl Operation<'_> {
    /// The codes of what can go wrong besides what the handler declares.
    pub(super) fn failures(&self) -> Vec<&'static ErrorCode> {
        let mut codes = vec![&BODY_TOO_LARGE, &HEADERS_TOO_LARGE, &INTERNAL];
        codes.extend(self.admission());
        codes.extend(self.parameters());
        codes.extend(self.body());
        codes
    }

    /// Probes are answered even when the server is full, and to everybody; nothing else of the core asks the database.
    fn admission(&self) -> Vec<&'static ErrorCode> {
        let mut codes = Vec::new();
        if !self.path.starts_with("/health/") {
            codes.extend([&RATE_LIMITED, &OVERLOADED, &TIMED_OUT]);
        }
        if self.access != Access::Open {
            codes.extend([&CROSS_SITE_REQUEST, &UNAUTHENTICATED, &UNAVAILABLE]);
        }
        let changes = self.access != Access::Open && self.method != "get";
        // What somebody may can change while they change something.
        if matches!(self.access, Access::Needs(_)) || changes {
            codes.push(&FORBIDDEN);
        }
        if changes {
            codes.push(&STORAGE_FULL);
        }
        codes
    }

    fn parameters(&self) -> Vec<&'static ErrorCode> {
        let has = |place: &str| {
            let listed = self.documented.get("parameters").and_then(Value::as_array);
            listed.is_some_and(|all| all.iter().any(|parameter| parameter.get("in").is_some_and(|at| at == place)))
        };
        let mut codes = Vec::new();
        if has("path") {
            // A segment that is empty or a dot is no parameter: the path is another one then.
            codes.push(&NOT_FOUND);
        }
        if has("path") || has("query") {
            codes.push(&INVALID_PARAMETER);
        }
        codes
    }

    fn body(&self) -> Vec<&'static ErrorCode> {
        let Some(content) = self.documented.pointer("/requestBody/content").and_then(Value::as_object) else {
            return Vec::new();
        };
        let mut codes = vec![&BAD_REQUEST, &BODY_TOO_SLOW, &UNSUPPORTED_MEDIA_TYPE];
        if content.keys().all(|kind| kind == "application/json") {
            codes.extend([&MALFORMED_JSON, &INVALID_BODY]);
        }
        codes
    }
}
