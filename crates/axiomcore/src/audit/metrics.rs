//! What the audit counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock::{Clock, Timestamp};
use crate::telemetry::{Counter, Declaration, Gauge, Metrics};

const SENT: Declaration = Declaration::counter(
    "audit_syslog_entries_total",
    &[],
    "Entries of the audit that this node sent on, those that it sent again too",
);
const CONNECTED: Declaration =
    Declaration::gauge("audit_syslog_connected", &[], "Whether this node is connected to where the audit is sent on");

/// Moments since which something holds, for metrics that say how long ago that was.
#[derive(Debug)]
pub(super) struct AuditMetrics {
    pub(super) chained: Counter,
    /// Entries that were sent on.
    pub(super) sent: Counter,
    /// Whether this node is connected to where they are sent.
    pub(super) connected: Gauge,
    drained_at: Arc<AtomicI64>,
    checkpoint_at: Arc<AtomicI64>,
}

impl AuditMetrics {
    pub(super) fn register(metrics: &Metrics, clock: &Arc<dyn Clock>) -> Self {
        let chained = Declaration::counter("audit_entries_total", &[], "Entries that this node put into their chains");
        let unchained = Declaration::gauge(
            "audit_unchained_seconds",
            &[],
            "For how long entries may have waited for their chain, in seconds",
        );
        let uncovered = Declaration::gauge(
            "audit_checkpoint_age_seconds",
            &[],
            "How long ago checkpoints last covered everything that there was, in seconds",
        );
        let moments = [unchained, uncovered].map(|declaration| {
            let (moment, clock) = (Arc::new(AtomicI64::new(clock.now().0)), clock.clone());
            let read = moment.clone();
            metrics.observed(declaration, move || {
                Some(clock.now().since(Timestamp(read.load(Ordering::Relaxed))).as_secs_f64())
            });
            moment
        });
        let [drained_at, checkpoint_at] = moments;
        let (chained, sent, connected) = (metrics.counter(chained), metrics.counter(SENT), metrics.gauge(CONNECTED));
        Self { chained, sent, connected, drained_at, checkpoint_at }
    }

    /// At this moment everything was in its chain.
    pub(super) fn drained(&self, at: Timestamp) {
        self.drained_at.store(at.0, Ordering::Relaxed);
    }

    /// At this moment checkpoints covered everything.
    pub(super) fn covered(&self, at: Timestamp) {
        self.checkpoint_at.store(at.0, Ordering::Relaxed);
    }
}
