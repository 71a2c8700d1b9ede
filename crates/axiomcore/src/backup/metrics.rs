//! What is counted about backups.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Listing, Verdict};
use crate::clock::{Clock, Timestamp};
use crate::telemetry::{Counters, Declaration, Metrics};

const FAILURES: Declaration = Declaration::counter(
    "backup_failures_total",
    &["step"],
    "What this node tried about backups and did not bring to its end, by step: create, verify, prune, list, ship",
);
const AGE: Declaration = Declaration::gauge(
    "backup_age_seconds",
    &[],
    "How old the newest backup is, or since when there should have been one, in seconds; absent where none are made",
);
const VERIFIED_AGE: Declaration = Declaration::gauge(
    "backup_verified_age_seconds",
    &[],
    "How old the newest backup is that was restored and proved, or since when there should have been one, in seconds; absent where none are made",
);
const KEPT: Declaration =
    Declaration::gauge("backup_kept", &[], "How many backups are kept; absent where none are made");
const STORED: Declaration = Declaration::gauge(
    "backup_stored_bytes",
    &[],
    "How much room all backups take, in bytes; absent where none are made",
);
const SIZE: Declaration = Declaration::gauge(
    "backup_size_bytes",
    &[],
    "How much the newest backup is when it is restored, in bytes; absent where none are made",
);
const DAMAGES: Declaration = Declaration::gauge(
    "backup_damages",
    &[],
    "What was wrong with backups when they were last looked at: damaged, replaced or gone; absent where none are \
     made",
);
const TOOK: Declaration = Declaration::gauge(
    "backup_duration_seconds",
    &[],
    "How long the newest backup took to make, in seconds; absent where none are made",
);
const SHIPPED_AGE: Declaration = Declaration::gauge(
    "backup_shipped_age_seconds",
    &[],
    "How far what is shipped to the backups is behind, in seconds; absent where nothing is shipped",
);
const RESTORED_IN: Declaration = Declaration::gauge(
    "backup_restore_duration_seconds",
    &[],
    "How long it took to restore a backup when one was last verified, in seconds; absent where none was",
);

/// What is known about all backups.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Known {
    /// Since when there should be some; nothing where none are made.
    since: Option<Timestamp>,
    /// When the newest was begun.
    pub(super) newest: Option<Timestamp>,
    good: Option<Timestamp>,
    kept: u64,
    stored: u64,
    size: u64,
    damages: u64,
    took: Option<f64>,
    restored_in: Option<f64>,
    shipped: Option<Timestamp>,
}

/// Handles on all of it.
#[derive(Clone, Debug)]
pub(super) struct BackupMetrics {
    failures: Counters,
    known: Arc<Mutex<Known>>,
}

impl BackupMetrics {
    pub(super) fn register(metrics: &Metrics, clock: &Arc<dyn Clock>, is_configured: bool) -> Self {
        let known: Arc<Mutex<Known>> = Arc::default();
        let failures = metrics.counters(FAILURES);
        if is_configured {
            // Whoever watches must see the first one.
            ["create", "verify", "prune", "list", "ship"].iter().for_each(|step| _ = failures.with(&[step]));
            known.lock().unwrap_or_else(PoisonError::into_inner).since = Some(clock.now());
        }
        observe(metrics, clock, &known);
        Self { failures, known }
    }

    pub(super) fn failed(&self, step: &str) {
        self.failures.with(&[step]).inc();
    }

    pub(super) fn known(&self) -> Known {
        *self.lock()
    }

    pub(super) fn listed(&self, listing: &Listing) {
        let mut known = self.lock();
        let manifests = || listing.kept.iter().filter_map(|kept| kept.manifest.as_ref().ok());
        let newest = listing.newest().map(|(_, manifest)| manifest);
        known.newest = newest.map(|manifest| manifest.begun());
        known.good = listing.last_good().and_then(|kept| Some(kept.manifest.as_ref().ok()?.begun()));
        known.kept = listing.kept.len() as u64;
        known.stored = manifests().map(|manifest| manifest.stored()).sum();
        known.size = newest.map_or(0, |manifest| manifest.plain());
        let damaged = listing.kept.iter().filter(|kept| kept.manifest.is_err()).count();
        known.damages = (damaged + listing.damages.len()) as u64;
        known.took = newest.map(|manifest| Timestamp(manifest.ended_at).since(manifest.begun()).as_secs_f64());
    }

    /// What was committed before this moment is at the destination.
    pub(super) fn shipped(&self, at: Timestamp) {
        self.lock().shipped = Some(at);
    }

    pub(super) fn verified(&self, verdict: &Verdict) {
        if verdict.is_good() {
            self.lock().restored_in = Some(verdict.restored_in as f64 / 1_000.0);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn observe(metrics: &Metrics, clock: &Arc<dyn Clock>, known: &Arc<Mutex<Known>>) {
    let observed = |declaration, read: fn(&Known) -> Option<f64>| {
        let known = known.clone();
        metrics.observed(declaration, move || read(&known.lock().unwrap_or_else(PoisonError::into_inner)));
    };
    observed(KEPT, |known| known.since.map(|_| known.kept as f64));
    observed(STORED, |known| known.since.map(|_| known.stored as f64));
    observed(SIZE, |known| known.since.map(|_| known.size as f64));
    observed(DAMAGES, |known| known.since.map(|_| known.damages as f64));
    observed(TOOK, |known| known.took);
    observed(RESTORED_IN, |known| known.restored_in);
    let aged = |declaration, moment: fn(&Known) -> Option<Timestamp>| {
        let (known, clock) = (known.clone(), clock.clone());
        metrics.observed(declaration, move || {
            let known = known.lock().unwrap_or_else(PoisonError::into_inner);
            Some(clock.now().since(moment(&known).or(known.since)?).as_secs_f64())
        });
    };
    let (shipped, now) = (known.clone(), clock.clone());
    metrics.observed(SHIPPED_AGE, move || {
        let last = shipped.lock().unwrap_or_else(PoisonError::into_inner).shipped?;
        Some(now.now().since(last).as_secs_f64())
    });
    aged(AGE, |known| known.newest);
    aged(VERIFIED_AGE, |known| known.good);
}
