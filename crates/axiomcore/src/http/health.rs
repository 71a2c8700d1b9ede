//! Whether the service lives, has started, and should get requests.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;

use super::{Json, Open, Routes, StatusCode};
use crate::store::Database;
use crate::telemetry::{Declaration, Gauges, Metrics};

/// How long a report stays good, so that asking often, which everybody may, costs dependencies nothing.
const FRESH: Duration = Duration::from_millis(500);

/// How long the database has to answer.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(2);

/// What is said of something that is gone and not needed.
const DEGRADED: &str = "degraded";

const UP: Declaration = Declaration::gauge(
    "health_check_up",
    &["check"],
    "0 if what the service cannot do without was gone when somebody last asked whether it is ready, else 1",
);

type Answer = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

#[derive(Clone)]
struct Check {
    name: &'static str,
    timeout: Duration,
    /// What is said of it when it fails: whether the service can do without it.
    failing: Option<&'static str>,
    ask: Arc<dyn Fn() -> Answer + Send + Sync>,
}

/// What is known about the service's health. Clones are the same.
#[derive(Clone, Default)]
pub struct Health(Arc<Inner>);

#[derive(Default)]
struct Inner {
    stage: AtomicU8,
    checks: Mutex<Vec<Check>>,
    last: tokio::sync::Mutex<Option<(Instant, Vec<CheckReport>)>>,
    up: OnceLock<Gauges>,
}

const STAGES: [&str; 3] = ["starting", "running", "stopping"];

/// What one check found. Why it failed is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Its name.
    pub name: &'static str,
    /// `ok`, `degraded` for what the service can do without, `failed` or `timed_out`.
    pub status: &'static str,
}

/// Whether the service should get requests, and why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Whether it should.
    pub ready: bool,
    /// `starting`, `running` or `stopping`.
    pub stage: &'static str,
    /// What each check found.
    pub checks: Vec<CheckReport>,
}

impl Health {
    /// Of a service that is starting and depends on nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells from now on what checks find.
    pub fn observe(&self, metrics: &Metrics) {
        // Somebody who is told already goes on.
        let _ = self.0.up.set(metrics.gauges(UP));
    }

    /// Adds something that the service cannot do without.
    pub fn check<F, A>(&self, name: &'static str, timeout: Duration, ask: F)
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.add(Check { name, timeout, failing: None, ask: Arc::new(move || Box::pin(ask())) });
    }

    /// Adds something that the service can do without: while it is gone, the service is degraded, and ready all the same.
    pub fn check_aside<F, A>(&self, name: &'static str, timeout: Duration, ask: F)
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.add(Check { name, timeout, failing: Some(DEGRADED), ask: Arc::new(move || Box::pin(ask())) });
    }

    fn add(&self, check: Check) {
        self.0.checks.lock().unwrap_or_else(PoisonError::into_inner).push(check);
    }

    /// Adds the database.
    pub fn check_database(&self, database: Database) {
        self.check("database", DATABASE_TIMEOUT, move || {
            let database = database.clone();
            async move {
                let sql = "SELECT version FROM schema_versions LIMIT 1";
                database.read(move |connection| connection.query(sql, &[])).await.map(|_| ()).map_err(|e| e.to_string())
            }
        });
    }

    /// Says that the service has started.
    pub fn started(&self) {
        // A service that was told to stop while it started stays on its way down.
        let _ = self.0.stage.compare_exchange(0, 1, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Says that the service is about to stop.
    pub fn stopping(&self) {
        self.0.stage.store(2, Ordering::SeqCst);
    }

    fn stage(&self) -> &'static str {
        STAGES.get(usize::from(self.0.stage.load(Ordering::SeqCst))).copied().unwrap_or("stopping")
    }

    /// Asks all checks, unless somebody has just done so.
    pub async fn readiness(&self) -> Readiness {
        let mut last = self.0.last.lock().await;
        let checks = match last.as_ref().filter(|(when, _)| when.elapsed() < FRESH) {
            Some((_, checks)) => checks.clone(),
            None => last.insert((Instant::now(), self.ask_all().await)).1.clone(),
        };
        let stage = self.stage();
        Readiness {
            ready: stage == "running" && checks.iter().all(|check| ["ok", DEGRADED].contains(&check.status)),
            stage,
            checks,
        }
    }

    async fn ask_all(&self) -> Vec<CheckReport> {
        let checks = self.0.checks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let found = join_all(checks.into_iter().map(Check::run)).await;
        for (up, report) in self.0.up.get().into_iter().flat_map(|up| found.iter().map(move |report| (up, report))) {
            up.with(&[report.name]).set(f64::from(u8::from(report.status == "ok" || report.status == DEGRADED)));
        }
        found
    }
}

impl Check {
    async fn run(self) -> CheckReport {
        let name = self.name;
        let status = match tokio::time::timeout(self.timeout, (self.ask)()).await {
            Ok(Ok(())) => "ok",
            Ok(Err(error)) => {
                tracing::warn!(check = name, error, "{name} failed");
                self.failing.unwrap_or("failed")
            }
            Err(_) => {
                tracing::warn!(check = name, timeout = ?self.timeout, "{name} did not answer in time");
                self.failing.unwrap_or("timed_out")
            }
        };
        CheckReport { name, status }
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Health({})", self.stage())
    }
}

/// `GET /health/live`, `/health/ready`, `/health/startup`: answered even when the server is full.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(health: &Health) -> Routes<S> {
    let (ready, startup) = (health.clone(), health.clone());
    Routes::new()
        .get("/health/live", async |_: Open| Json(json!({ "status": "ok" })))
        .always()
        .get("/health/ready", move |_: Open| async move {
            let readiness = ready.readiness().await;
            answer(readiness.ready, readiness)
        })
        .always()
        .get("/health/startup", move |_: Open| async move {
            let stage = startup.stage();
            answer(stage != "starting", json!({ "stage": stage }))
        })
        .always()
}

/// Probes look at the status only; the body of both is the same kind of document.
fn answer(good: bool, body: impl Serialize) -> Response {
    let status = if good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}
