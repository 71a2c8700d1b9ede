//! What is counted of the work on a database.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tokio::time::Instant;

use super::{Error, Result};
use crate::telemetry::{Counters, Declaration, Gauge, Histogram, Metrics};

const SECONDS: Declaration = Declaration::histogram(
    "store_work_seconds",
    &["kind"],
    "How long reads and writes took, with their wait for a connection",
    &[0.0002, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0],
);
const IN_PROGRESS: Declaration =
    Declaration::gauge("store_work_in_progress", &["kind"], "Reads and writes under way or waiting for a connection");
const FAILURES: Declaration = Declaration::counter(
    "store_failures_total",
    &["kind", "reason"],
    "Reads and writes that the database could not do; a conflict is an answer and no failure",
);
const CONNECTIONS: Declaration =
    Declaration::gauge("store_connections_max", &[], "Connections that may be open to a database server");
const BYTES: Declaration =
    Declaration::gauge("store_file_bytes", &[], "Size of the embedded database with its write-ahead log");

/// Why it could not do something.
const REASONS: [&str; 5] = ["unavailable", "full", "corrupt", "refused", "failed"];

/// What is done with a database.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Read,
    Write,
}

/// Handles of one kind of work.
struct Watched {
    seconds: Histogram,
    in_progress: Gauge,
}

/// Handles to the metrics of a database.
pub(super) struct StoreMetrics {
    read: Watched,
    write: Watched,
    failures: Counters,
}

impl StoreMetrics {
    /// An embedded database has a file, one behind a server has a bound on connections.
    pub(super) fn register(metrics: &Metrics, file: Option<PathBuf>, most: Option<u32>) -> Self {
        let (seconds, in_progress) = (metrics.histograms(SECONDS), metrics.gauges(IN_PROGRESS));
        let of = |kind: Kind| Watched {
            seconds: seconds.with(&[kind.name()]),
            in_progress: in_progress.with(&[kind.name()]),
        };
        let failures = metrics.counters(FAILURES);
        // From nought on: what begins at one has not grown, and nobody would be told of the first failure.
        for reason in REASONS {
            for kind in [Kind::Read, Kind::Write] {
                failures.with(&[kind.name(), reason]);
            }
        }
        metrics.observed(CONNECTIONS, move || most.map(f64::from));
        metrics.observed(BYTES, move || file.as_deref().map(size));
        Self { read: of(Kind::Read), write: of(Kind::Write), failures }
    }

    pub(super) fn time<T>(&self, kind: Kind, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let watched = match kind {
            Kind::Read => &self.read,
            Kind::Write => &self.write,
        };
        let began = Instant::now();
        watched.in_progress.inc();
        // Also when the work panics.
        let _ends = Ends(&watched.in_progress);
        let result = work();
        watched.seconds.observe(began.elapsed().as_secs_f64());
        if let Some(reason) = result.as_ref().err().and_then(reason) {
            self.failures.with(&[kind.name(), reason]).inc();
        }
        result
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

struct Ends<'g>(&'g Gauge);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

const fn reason(error: &Error) -> Option<&'static str> {
    match error {
        Error::Conflict => None,
        Error::Unavailable(_) => Some("unavailable"),
        Error::Full(_) => Some("full"),
        Error::Corrupt(_) => Some("corrupt"),
        Error::Refused(_) => Some("refused"),
        Error::Failed(_) => Some("failed"),
    }
}

fn size(path: &Path) -> f64 {
    let mut log = OsString::from(path);
    log.push("-wal");
    let bytes = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    (bytes(path) + bytes(Path::new(&log))) as f64
}
