//! What is known about a request while it is answered.

use std::sync::{Arc, OnceLock};

use axum::http::{Extensions, HeaderValue};

use crate::limits::Quota;
use crate::telemetry::traces::{Trace, TraceId, Walk};

/// Known about a request from its first moment, in its extensions.
#[derive(Clone, Debug)]
pub struct Context(Arc<Known>);

#[derive(Debug)]
struct Known {
    request_id: String,
    /// And the workspace that they are in.
    principal: OnceLock<(i64, String)>,
    quota: OnceLock<Quota>,
    trace_id: Option<TraceId>,
    /// If it is recorded.
    trace: Option<Trace>,
}

impl Context {
    pub(super) fn new(request_id: String, (trace_id, trace): (Option<TraceId>, Option<Trace>)) -> Self {
        Self(Arc::new(Known { request_id, principal: OnceLock::new(), quota: OnceLock::new(), trace_id, trace }))
    }

    /// The context of the request with these extensions, if it came through the middleware.
    pub fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// The id under which the request is logged.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The trace that it belongs to, if its caller or we want one.
    pub fn trace_id(&self) -> Option<TraceId> {
        self.0.trace_id
    }

    /// Notes from now on where its time goes, if that is recorded.
    pub fn walk(&self) -> Option<Walk> {
        self.0.trace.as_ref().map(Trace::walk)
    }

    pub(super) fn trace(&self) -> Option<&Trace> {
        self.0.trace.as_ref()
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

    /// Notes what is left of the caller's limit, for the headers of the answer. The first who counts the request says it.
    pub(super) fn note(&self, quota: Quota) {
        let _ = self.0.quota.set(quota);
    }

    pub(super) fn quota(&self) -> Option<&Quota> {
        self.0.quota.get()
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0.request_id).ok()
    }
}
