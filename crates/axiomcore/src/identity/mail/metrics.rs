//! What mail counts.

use crate::telemetry::{Counters, Declaration, Gauge, Metrics};

const WAITING: Declaration =
    Declaration::gauge("mail_letters_waiting", &[], "Letters that wait in the database to be sent, of all nodes");

/// Letters by what became of them.
#[derive(Clone, Debug)]
pub(super) struct MailMetrics {
    letters: Counters,
    waiting: Gauge,
}

impl MailMetrics {
    pub(super) fn register(metrics: &Metrics) -> Self {
        let letters = metrics.counters(Declaration::counter(
            "mail_letters_total",
            &["kind", "outcome"],
            "Letters that were sent, tried again, given up, or not written because too many waited",
        ));
        Self { letters, waiting: metrics.gauge(WAITING) }
    }

    pub(super) fn count(&self, kind: &'static str, outcome: &'static str) {
        self.letters.with(&[kind, outcome]).inc();
    }

    pub(super) fn wait(&self, letters: u64) {
        self.waiting.set(letters as f64);
    }
}
