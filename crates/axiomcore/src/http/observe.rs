//! Every request is counted, timed and logged, by its route and not by its path: paths are without number.

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Duration;
use tokio::time::Instant;
use tracing::Instrument;

use super::admission::Routine;
use super::application::Surroundings;
use super::{Caller, Context};
use crate::audit::{Refusal, Refusals};
use crate::telemetry::traces::Value;
use crate::telemetry::{AccessLog, Counters, Declaration, Gauge, Histograms};

const REQUESTS: Declaration = Declaration::counter(
    "http_requests_total",
    &["method", "route", "status"],
    "Requests answered; status 499 stands for clients that did not wait",
);
const DURATION: Declaration = Declaration::histogram(
    "http_request_duration_seconds",
    &["method", "route"],
    "Time until an answer began",
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0, 30.0],
);
const IN_FLIGHT: Declaration = Declaration::gauge("http_requests_in_flight", &[], "Requests being answered");

/// The status of requests whose clients did not wait.
const ABANDONED: u16 = 499;

/// What watches.
#[derive(Clone)]
pub(super) struct Observer {
    requests: Counters,
    duration: Histograms,
    in_flight: Gauge,
    access_log: AccessLog,
    refusals: Refusals,
}

impl Observer {
    pub(super) fn new(surroundings: &Surroundings) -> Self {
        let metrics = &surroundings.metrics;
        Self {
            requests: metrics.counters(REQUESTS),
            duration: metrics.histograms(DURATION),
            in_flight: metrics.gauge(IN_FLIGHT),
            access_log: surroundings.access_log,
            refusals: surroundings.refusals.clone(),
        }
    }
}

pub(super) async fn observe(State(observer): State<Observer>, request: Request, next: Next) -> Response {
    let watched = Watched::new(observer, &request);
    // Of the highest level, so that no filter that lets a message through leaves out whose request it was.
    let context = watched.context.as_ref();
    let trace_id = context.and_then(Context::trace_id).map(tracing::field::display);
    let span = tracing::error_span!("request", request_id = context.map(Context::request_id), trace_id);
    let response = next.run(request).instrument(span).await;
    watched.answered(&response);
    response
}

/// A request under watch. If it is dropped before it was answered, the client went away.
struct Watched {
    observer: Observer,
    context: Option<Context>,
    caller: Option<Caller>,
    method: &'static str,
    route: Option<MatchedPath>,
    path: String,
    start: Instant,
    done: bool,
}

impl Watched {
    fn new(observer: Observer, request: &Request) -> Self {
        observer.in_flight.inc();
        Self {
            context: Context::of(request.extensions()).cloned(),
            caller: request.extensions().get().copied(),
            method: name_of(request.method()),
            route: request.extensions().get().cloned(),
            path: visible(request.uri().path()),
            start: Instant::now(),
            done: false,
            observer,
        }
    }

    fn answered(mut self, response: &Response) {
        let (status, extensions) = (response.status(), response.extensions());
        self.done = true;
        self.count(status.as_str());
        if let Some(why) = extensions.get().copied() {
            self.refused(why);
        }
        self.trace(status.as_u16());
        let took = self.start.elapsed();
        self.observer.duration.with(&[self.method, self.route()]).observe(took.as_secs_f64());
        let logged = match self.observer.access_log {
            AccessLog::All => true,
            AccessLog::AllButSteps => extensions.get::<Routine>().is_none(),
            AccessLog::Failures => status.is_server_error(),
            AccessLog::None => false,
        };
        if logged {
            self.log(status.as_u16(), took);
        }
    }

    fn count(&self, status: &str) {
        self.observer.requests.with(&[self.method, self.route(), status]).inc();
    }

    /// Counts for the audit that somebody was refused.
    fn refused(&self, why: Refusal) {
        let (refusals, what) = (&self.observer.refusals, format!("{} {}", self.method, self.route()));
        match self.context.as_ref().and_then(|context| Some((context.workspace()?, context.principal()?))) {
            Some((workspace, principal)) => refusals.of_principal(workspace, principal, why, &what),
            None => refusals.of_address(self.caller.map(|caller| caller.address), why, &what),
        }
    }

    fn route(&self) -> &str {
        self.route.as_ref().map_or("unmatched", MatchedPath::as_str)
    }

    /// Ends the request's span, under the names of OpenTelemetry's conventions for HTTP.
    fn trace(&self, status: u16) {
        let Some((context, trace)) = self.context.as_ref().and_then(|context| Some((context, context.trace()?))) else {
            return;
        };
        let text = |text: &str| Value::Text(text.to_owned());
        let mut attributes = vec![
            ("http.request.method", text(self.method)),
            ("http.route", text(self.route())),
            ("url.path", text(&self.path)),
            ("http.response.status_code", Value::Number(status.into())),
            ("request.id", text(context.request_id())),
        ];
        attributes.extend(context.principal().map(|principal| ("principal", text(principal))));
        trace.end(format!("{} {}", self.method, self.route()), status >= 500 || status == ABANDONED, attributes);
    }

    fn log(&self, status: u16, took: Duration) {
        let context = self.context.as_ref();
        tracing::info!(
            request_id = context.map(Context::request_id),
            trace_id = context.and_then(Context::trace_id).map(tracing::field::display),
            http.method = self.method,
            http.route = self.route(),
            http.path = self.path,
            http.status = status,
            http.duration_ms = took.as_micros() as f64 / 1_000.0,
            principal = context.and_then(Context::principal),
            client = self.caller.map(|caller| tracing::field::display(caller.address)),
            peer = self.caller.map(|caller| tracing::field::display(caller.peer)),
            "{} {} {status}",
            self.method,
            self.path
        );
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.observer.in_flight.dec();
        if !self.done {
            self.count("499");
            self.trace(ABANDONED);
        }
    }
}

/// A path as visible ASCII: what is beyond it could end a line, or be obeyed by a terminal.
fn visible(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut text, byte| {
        if byte.is_ascii_graphic() {
            text.push(byte.into());
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

/// Methods are without number too.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
