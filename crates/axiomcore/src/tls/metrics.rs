//! What is counted about TLS.

use crate::telemetry::{Counters, Declaration, Gauge, Metrics};

const HANDSHAKES: Declaration = Declaration::counter(
    "tls_handshakes_total",
    &["outcome"],
    "Handshakes by how they ended: completed, refused, timed_out, crowded_out by newer ones, or plain_http for clients that \
     did not speak TLS",
);
const RELOADS: Declaration = Declaration::counter(
    "tls_certificate_reloads_total",
    &["outcome"],
    "New certificates that were found: served, or refused because they cannot be used",
);
const REFUSED: Declaration = Declaration::gauge(
    "tls_certificate_refused",
    &[],
    "1 while what is in the files cannot be served and the certificate of before is",
);
const EXPIRES: Declaration = Declaration::gauge(
    "tls_certificate_expires_seconds",
    &[],
    "When the certificate that is served expires, in seconds since 1970; absent without TLS",
);

/// Handles on all of it.
#[derive(Clone, Debug)]
pub(super) struct TlsMetrics {
    handshakes: Counters,
    reloads: Counters,
    pub(super) refused: Gauge,
}

impl TlsMetrics {
    /// Registers them; `expires` is asked whenever somebody looks.
    pub(super) fn new(metrics: &Metrics, expires: impl Fn() -> Option<f64> + Send + Sync + 'static) -> Self {
        metrics.observed(EXPIRES, expires);
        Self {
            handshakes: metrics.counters(HANDSHAKES),
            reloads: metrics.counters(RELOADS),
            refused: metrics.gauge(REFUSED),
        }
    }

    pub(super) fn handshake(&self, outcome: &str) {
        self.handshakes.with(&[outcome]).inc();
    }

    pub(super) fn reloaded(&self, outcome: &str) {
        self.reloads.with(&[outcome]).inc();
    }
}
