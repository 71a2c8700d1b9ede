//! What goes on by itself while a service runs: the feed of changes is read, old lines and keys go, keys are replaced.

use std::time::Duration;

use super::changes::PAUSE;
use super::{Identity, TokenError};
use crate::lifecycle::Stopping;
use crate::telemetry::{Declaration, Metrics};

/// Between two looks at what is old.
const TENDING: Duration = Duration::from_secs(60);

impl Identity {
    /// Keeps up with other nodes, and tends keys, until a stop is asked for. A service that does not run this looks every
    /// credential up in the database.
    pub async fn run_until_stopped(self, stopping: Stopping) {
        let (mut tended_at, mut is_failing) = (self.now(), false);
        loop {
            tokio::select! {
                () = stopping.requested() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
            let failed = self.follow_changes().await.err();
            if let Some(error) = failed.as_ref().filter(|_| !is_failing) {
                tracing::error!(%error, "revocations are not heard of: {error}; credentials are looked up each time");
            } else if is_failing && failed.is_none() {
                tracing::info!("revocations are heard of again");
            }
            is_failing = failed.is_some();
            if !is_failing && self.now().since(tended_at) >= TENDING {
                tended_at = self.now();
                if let Err(error) = self.tend().await {
                    tracing::error!(%error, "keys and old lines of identity were not tended: {error}");
                }
            }
        }
    }

    /// Replaces a signing key that is old, and forgets what nobody needs any more. Done once a minute by
    /// [`run_until_stopped`](Self::run_until_stopped).
    ///
    /// # Errors
    /// If a key cannot be made, or the database fails.
    pub async fn tend(&self) -> Result<(), TokenError> {
        self.prune_changes().await?;
        self.prune_sessions().await?;
        self.tend_signing_keys().await
    }

    /// Counts here what identity does.
    pub(super) fn register_metrics(&self, metrics: &Metrics) {
        let age = Declaration::gauge(
            "identity_changes_age_seconds",
            &[],
            "How long ago this node last heard of revocations, in seconds; above five, nothing remembered is trusted",
        );
        let identity = self.clone();
        metrics.observed(age, move || Some(identity.0.changes.age(identity.now()).as_secs_f64()));
        let lookups = Declaration::counter(
            "identity_lookups_total",
            &[],
            "Credentials that were looked up in the database, because they were not remembered",
        );
        let identity = self.clone();
        let count = move || identity.0.changes.lookups.load(std::sync::atomic::Ordering::Relaxed);
        metrics.observed(lookups, move || Some(count() as f64));
    }
}
