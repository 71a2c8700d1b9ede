//! What mail counts.

use crate::telemetry::{Counters, Declaration, Metrics};

/// Letters by what became of them.
#[derive(Clone, Debug)]
pub(super) struct MailMetrics(Counters);

impl MailMetrics {
    pub(super) fn register(metrics: &Metrics) -> Self {
        Self(metrics.counters(Declaration::counter(
            "mail_letters_total",
            &["kind", "outcome"],
            "Letters that were sent, tried again, given up, or not written because too many waited",
        )))
    }

    pub(super) fn count(&self, kind: &'static str, outcome: &'static str) {
        self.0.with(&[kind, outcome]).inc();
    }
}
