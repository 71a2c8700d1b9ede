//! What is known about a request while it is answered.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::http::{Extensions, HeaderValue};

/// Known about a request from its first moment, in its extensions.
#[derive(Clone, Debug)]
pub struct Context(Arc<Known>);

#[derive(Debug)]
struct Known {
    request_id: String,
    /// And the workspace that they are in.
    principal: OnceLock<(i64, String)>,
}

impl Context {
    pub(super) fn new(request_id: String) -> Self {
        Self(Arc::new(Known { request_id, principal: OnceLock::new() }))
    }

    /// The context of the request with these extensions, if it came through the middleware.
    pub fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// The id under which the request is logged.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Who sent it, once that is known.
    pub fn principal(&self) -> Option<&str> {
        self.0.principal.get().map(|(_, principal)| principal.as_str())
    }

    /// The workspace of who sent it, once that is known.
    pub fn workspace(&self) -> Option<i64> {
        self.0.principal.get().map(|(workspace, _)| *workspace)
    }

    /// Notes who sent it, for the log.
    pub(crate) fn identify(&self, workspace: i64, principal: &str) {
        // Two extractors of one handler find the same principal.
        let _ = self.0.principal.set((workspace, principal.to_owned()));
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0.request_id).ok()
    }
}

/// How long a body may take to arrive, in the request's extensions.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyTimeout(pub(super) Duration);
