//! Headers: limits on those that come, security headers on those that go.

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, STRICT_TRANSPORT_SECURITY};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Caller, Config, Problem, codes};

/// On every answer, whatever a handler says.
const ALWAYS: [(HeaderName, HeaderValue); 8] = [
    fixed("x-content-type-options", "nosniff"),
    fixed("x-frame-options", "DENY"),
    // The filter that this header once turned on could itself be used to attack pages; browsers that still have it are
    // told to leave it off. The content security policy does its work.
    fixed("x-xss-protection", "0"),
    fixed("referrer-policy", "no-referrer"),
    fixed("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    fixed("cross-origin-opener-policy", "same-origin"),
    fixed("cross-origin-resource-policy", "same-origin"),
    fixed("x-permitted-cross-domain-policies", "none"),
];

/// Unless a handler that serves pages says otherwise.
const UNLESS_SET: [(HeaderName, HeaderValue); 2] = [
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

const fn fixed(name: &'static str, value: &'static str) -> (HeaderName, HeaderValue) {
    (HeaderName::from_static(name), HeaderValue::from_static(value))
}

/// Two years, by the browser's clock; a year is the least for which a domain is built into browsers.
const STRICT: HeaderValue = HeaderValue::from_static("max-age=63072000");
const STRICT_EVERYWHERE: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains; preload");

/// What is said over TLS, and only there: in the clear, anybody on the way could say it (RFC 6797, 7.2).
#[derive(Clone)]
pub(super) struct StrictTransport(HeaderValue);

impl StrictTransport {
    pub(super) fn new(config: &Config) -> Self {
        Self(if config.hsts_preload { STRICT_EVERYWHERE } else { STRICT })
    }
}

pub(super) async fn secure(State(strict): State<StrictTransport>, request: Request, next: Next) -> Response {
    let is_secure = request.extensions().get::<Caller>().is_some_and(|caller| caller.secure);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if is_secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, strict.0);
    }
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    for (name, value) in UNLESS_SET {
        headers.entry(name).or_insert(value);
    }
    response
}

/// How many headers there may be, and how large they may be together.
#[derive(Clone, Copy)]
pub(super) struct HeaderLimits {
    count: usize,
    bytes: usize,
}

impl HeaderLimits {
    pub(super) fn new(config: &Config) -> Self {
        Self { count: config.header_count, bytes: config.header_limit.len() }
    }

    fn allow(self, headers: &HeaderMap) -> bool {
        let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        headers.len() <= self.count && bytes <= self.bytes
    }
}

pub(super) async fn limit_headers(State(limits): State<HeaderLimits>, request: Request, next: Next) -> Response {
    if limits.allow(request.headers()) {
        return next.run(request).await;
    }
    Problem::new(&codes::HEADERS_TOO_LARGE).into_response()
}
