//! What the runtime counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axiomcore::telemetry::{Counter, Counters, Declaration, Gauge, Histogram, Metrics};

use super::Config;

const COMMIT_SECONDS: &[f64] = &[0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];
const GROUP: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0];

/// Handles to the runtime's metrics.
#[derive(Debug)]
pub(super) struct RuntimeMetrics {
    events: Counter,
    groups: Counters,
    commit: Histogram,
    group: Histogram,
    pub(super) steps: Counter,
    pub(super) dry_runs: Counter,
    pub(super) replays: Counter,
    pub(super) refused: Counters,
    pub(super) impossible: Counter,
    pub(super) changes: Counters,
    pub(super) loads: Counter,
    pub(super) hot: Gauge,
    pub(super) hot_bytes: Gauge,
}

impl RuntimeMetrics {
    pub(super) fn register(metrics: &Metrics) -> Self {
        let counter = |name, help| metrics.counter(Declaration::counter(name, &[], help));
        let groups = metrics.counters(Declaration::counter(
            "freeagentics_commits_total",
            &["outcome"],
            "Groups of events that were committed, or failed to be",
        ));
        // From nought on: what begins at one has not grown, and nobody would be told of the first failure.
        for outcome in ["ok", "failed"] {
            groups.with(&[outcome]);
        }
        Self {
            events: counter("freeagentics_events_total", "Events that were appended to the log"),
            groups,
            commit: metrics.histogram(Declaration::histogram(
                "freeagentics_commit_seconds",
                &[],
                "How long a group took to be on disk",
                COMMIT_SECONDS,
            )),
            group: metrics.histogram(Declaration::histogram(
                "freeagentics_commit_events",
                &[],
                "How many events a group had",
                GROUP,
            )),
            steps: counter("freeagentics_steps_total", "Steps that were decided"),
            dry_runs: counter("freeagentics_dry_runs_total", "Steps that were decided and left no trace"),
            replays: counter("freeagentics_idempotent_replays_total", "Requests that got the answer of an earlier one"),
            refused: metrics.counters(Declaration::counter(
                "freeagentics_refusals_total",
                &["reason"],
                "Requests to agents that were refused",
            )),
            impossible: counter(
                "freeagentics_impossible_observations_total",
                "Steps whose observation the agent's model calls impossible",
            ),
            changes: metrics.counters(Declaration::counter(
                "freeagentics_changes_total",
                &["kind"],
                "Agents that were created, imported, reset or deleted",
            )),
            loads: counter("freeagentics_cold_loads_total", "Agents that were read from the database"),
            hot: metrics.gauge(Declaration::gauge("freeagentics_hot_agents", &[], "Agents that are in memory")),
            hot_bytes: metrics.gauge(Declaration::gauge(
                "freeagentics_hot_bytes",
                &[],
                "Memory that they take, about, in bytes",
            )),
        }
    }

    /// What is bounded, beside its bound.
    pub(super) fn bounds(metrics: &Metrics, waiting: &Arc<AtomicUsize>, config: &Config) {
        let waiting = waiting.clone();
        metrics.observed(
            Declaration::gauge("freeagentics_waiting_requests", &[], "Requests to agents that wait for their answer"),
            move || Some(waiting.load(Ordering::Relaxed) as f64),
        );
        let most = Declaration::gauge("freeagentics_waiting_requests_max", &[], "How many may wait; more are refused");
        metrics.gauge(most).set(config.queue as f64);
        let room = Declaration::gauge("freeagentics_hot_bytes_max", &[], "Memory that agents may take, in bytes");
        metrics.gauge(room).set(config.memory.bytes() as f64);
    }

    pub(super) fn committed(&self, events: usize, took: Duration, well: bool) {
        self.groups.with(&[if well { "ok" } else { "failed" }]).inc();
        self.commit.observe(took.as_secs_f64());
        if well {
            self.events.inc_by(events as u64);
            self.group.observe(events as f64);
        }
    }
}
