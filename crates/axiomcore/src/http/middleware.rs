//! All middleware, in order: a request passes it from top to bottom, its answer from bottom to top.

use axum::Router;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH, LOCATION, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::{from_fn, from_fn_with_state};
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};
use tower_http::cors::CorsLayer;

use super::admission::{Admission, counted};
use super::application::Surroundings;
use super::headers::{HeaderLimits, StrictTransport, limit_headers, secure};
use super::leftover::take_leftover;
use super::observe::{Observer, observe};
use super::panics::contain;
use super::problems::{method_not_allowed, not_found, write_problems};
use super::request_id::{Names, REQUEST_ID, assign};
use super::{Config, request_id};
use crate::limits::{RATE_LIMIT, RATE_LIMIT_POLICY};

/// Puts the middleware around the routes.
pub(super) fn around(router: Router, config: &Config, surroundings: &Surroundings, admission: &Admission) -> Router {
    let names = Names { ids: surroundings.ids.clone(), traces: surroundings.traces.clone() };
    let layers = ServiceBuilder::new()
        // An id first, so that everything below can name the request.
        .layer(from_fn_with_state(names, assign))
        // Sees the final status and the whole time.
        .layer(from_fn_with_state(Observer::new(surroundings), observe))
        // On every answer, so above everything that answers.
        .layer(from_fn_with_state(StrictTransport::new(config), secure))
        .layer(from_fn(write_problems))
        // Below the writer of problems, because a panic becomes one.
        .layer(from_fn(contain))
        // Above everything that may answer without having read the body.
        .layer(from_fn(take_leftover))
        .layer(from_fn_with_state(HeaderLimits::new(config), limit_headers))
        .layer(CompressionLayer::new().gzip(true).compress_when(worth_it(config.compression)))
        // A browser's question about an origin has no credential, so it is answered above the handlers.
        .option_layer(cors(config));
    // Below this, around each route: the limits (counting.rs), the number in flight, the time, the size of the body (admission.rs), and then the
    // handler's own arguments, the first of which says who may call it (guard.rs).
    let router = router.fallback(counted(not_found, admission));
    router.method_not_allowed_fallback(counted(method_not_allowed, admission)).layer(layers)
}

/// Small answers get larger by compression; streams of events must not wait in a compressor.
fn worth_it(enabled: bool) -> impl Predicate {
    DefaultPredicate::new().and(SizeAbove::new(1024)).and(move |_, _, _: &_, _: &_| enabled)
}

/// Where a stream of events is to go on.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// On the answer to a request that was made before with the same key.
const IDEMPOTENT_REPLAY: HeaderName = HeaderName::from_static("idempotent-replay");

/// Off unless origins are listed.
fn cors(config: &Config) -> Option<CorsLayer> {
    let origins: Vec<_> = config.cors_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            ACCEPT,
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_MATCH,
            request_id::IDEMPOTENCY_KEY,
            LAST_EVENT_ID,
            REQUEST_ID,
        ])
        .expose_headers([ETAG, RETRY_AFTER, REQUEST_ID, LOCATION, IDEMPOTENT_REPLAY, RATE_LIMIT, RATE_LIMIT_POLICY])
        .max_age(std::time::Duration::from_secs(3_600));
    (!origins.is_empty()).then(|| layer.allow_origin(origins))
}
