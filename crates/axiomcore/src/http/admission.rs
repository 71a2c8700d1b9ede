//! What is let in to a route: not too many at once, not too long, not too large.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use http_body_util::Limited;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::context::BodyTimeout;
use super::{Config, Problem, Route, codes};
use crate::telemetry::{Counter, Declaration, Metrics};

const SHED: Declaration =
    Declaration::counter("http_requests_shed_total", &[], "Requests told to come again because the server was full");

/// When to come again: soon, for what is refused early costs almost nothing.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// What all routes share.
#[derive(Clone)]
pub(super) struct Admission {
    places: Arc<Semaphore>,
    shed: Counter,
    request_timeout: Duration,
    body_timeout: Duration,
    body_limit: usize,
}

impl Admission {
    pub(super) fn new(config: &Config, metrics: &Metrics) -> Self {
        Self {
            places: Arc::new(Semaphore::new(config.max_in_flight.min(Semaphore::MAX_PERMITS))),
            shed: metrics.counter(SHED),
            request_timeout: config.request_timeout.duration(),
            body_timeout: config.body_timeout.duration(),
            body_limit: config.body_limit.len(),
        }
    }
}

/// What is let in to one route.
#[derive(Clone)]
struct Limits {
    shared: Admission,
    body: usize,
    /// None for streams.
    time: Option<Duration>,
    counted: bool,
}

/// The handler behind the route's limits.
pub(super) fn admitted<S>(handler: MethodRouter<S>, route: &Route, shared: &Admission) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    let limits = Limits {
        shared: shared.clone(),
        body: route.body_limit.map_or(shared.body_limit, |limit| limit.len()),
        time: (!route.unhurried).then_some(shared.request_timeout),
        counted: !route.always && !route.unhurried,
    };
    // axum's own limit would apply on top to some extractors and not to others.
    handler.layer(DefaultBodyLimit::disable()).layer(from_fn_with_state(limits, admit))
}

async fn admit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    match serve(&limits, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn serve(limits: &Limits, request: Request, next: Next) -> Result<Response, Problem> {
    let _place = limits.place()?;
    let too_large = || Problem::new(&codes::BODY_TOO_LARGE).with("limit", limits.body);
    if announced(&request).is_some_and(|length| length > limits.body) {
        return Err(too_large());
    }
    let mut request = request.map(|body| Body::new(Limited::new(body, limits.body)));
    request.extensions_mut().insert(BodyTimeout(limits.shared.body_timeout));
    let answer = next.run(request);
    match limits.time {
        None => Ok(answer.await),
        Some(time) => tokio::time::timeout(time, answer)
            .await
            .map_err(|_| Problem::new(&codes::TIMED_OUT).retry_after(COME_AGAIN)),
    }
}

impl Limits {
    /// A place among those in flight, unless the route needs none.
    fn place(&self) -> Result<Option<SemaphorePermit<'_>>, Problem> {
        if !self.counted {
            return Ok(None);
        }
        self.shared.places.try_acquire().map(Some).map_err(|_| {
            self.shared.shed.inc();
            Problem::new(&codes::OVERLOADED).retry_after(COME_AGAIN)
        })
    }
}

fn announced(request: &Request) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
