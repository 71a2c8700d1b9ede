//! What is let in to a route: not too often, not too many at once, not too long, not too large.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use http_body_util::Limited;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Admitted, Config, Context, Problem, Route, codes};
use crate::limits::{Class, Limits};
use crate::telemetry::{Counter, Declaration, Metrics};

const SHED: Declaration =
    Declaration::counter("http_requests_shed_total", &[], "Requests told to come again because the server was full");

/// When to come again: soon, for what is refused early costs almost nothing.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// What all routes share.
#[derive(Clone)]
pub(super) struct Admission {
    limits: Limits,
    places: Arc<Semaphore>,
    shed: Counter,
    request_timeout: Duration,
    body_timeout: Duration,
    body_limit: usize,
}

impl Admission {
    pub(super) fn new(config: &Config, limits: &Limits, metrics: &Metrics) -> Self {
        Self {
            limits: limits.clone(),
            places: Arc::new(Semaphore::new(config.max_in_flight.min(Semaphore::MAX_PERMITS))),
            shed: metrics.counter(SHED),
            request_timeout: config.request_timeout.duration(),
            body_timeout: config.body_timeout.duration(),
            body_limit: config.body_limit.len(),
        }
    }
}

/// The handler of what there is no route for, which is counted as everything is that needs no credential.
pub(super) fn counted<H, T, S>(handler: H, shared: &Admission) -> impl Handler<T, S>
where
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    let gate =
        Gate { shared: shared.clone(), class: Some(Class::Open), body: shared.body_limit, time: None, counted: false };
    handler.layer(from_fn_with_state(gate, admit))
}

/// What is let in to one route.
#[derive(Clone)]
struct Gate {
    shared: Admission,
    /// None for probes.
    class: Option<Class>,
    body: usize,
    /// None for streams.
    time: Option<Duration>,
    counted: bool,
}

/// On the answer to what the service is mainly for, if it went well: one of very many.
#[derive(Clone, Copy)]
pub(super) struct Routine;

/// The handler behind the route's limits.
pub(super) fn admitted<S>(handler: MethodRouter<S>, route: &Route, shared: &Admission) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    let gate = Gate {
        shared: shared.clone(),
        class: (!route.always).then_some(route.class),
        body: route.body_limit.map_or(shared.body_limit, |limit| limit.len()),
        time: (!route.unhurried).then_some(shared.request_timeout),
        counted: !route.always && !route.unhurried,
    };
    // axum's own limit would apply on top to some extractors and not to others.
    handler.layer(DefaultBodyLimit::disable()).layer(from_fn_with_state(gate, admit))
}

async fn admit(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let context = Context::of(request.extensions()).cloned();
    let mut response = serve(&gate, request, next).await.unwrap_or_else(IntoResponse::into_response);
    if gate.class == Some(Class::Step) && response.status().is_success() {
        response.extensions_mut().insert(Routine);
    }
    if let Some(quota) = context.as_ref().and_then(Context::quota) {
        quota.write(response.headers_mut());
    }
    response
}

async fn serve(gate: &Gate, mut request: Request, next: Next) -> Result<Response, Problem> {
    let admitted = Admitted::new(&gate.shared.limits, gate.class, gate.shared.body_timeout);
    admitted.count_address(request.extensions()).await?;
    let _place = gate.place()?;
    let too_large = || Problem::new(&codes::BODY_TOO_LARGE).with("limit", gate.body);
    if announced(&request).is_some_and(|length| length > gate.body) {
        return Err(too_large());
    }
    request.extensions_mut().insert(admitted);
    let answer = next.run(request.map(|body| Body::new(Limited::new(body, gate.body))));
    match gate.time {
        None => Ok(answer.await),
        Some(time) => tokio::time::timeout(time, answer)
            .await
            .map_err(|_| Problem::new(&codes::TIMED_OUT).repeat_after(COME_AGAIN)),
    }
}

impl Gate {
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
