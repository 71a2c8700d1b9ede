//! What is counted of signing in.

use super::attempts::Blocked;
use super::passwords::Pool;
use crate::telemetry::{Counters, Declaration, Metrics};

const SIGN_INS: Declaration = Declaration::counter(
    "sign_ins_total",
    &["outcome"],
    "Sign-ins by what came of them: signed_in, factor_needed, refused, throttled (an address that has \
     to wait), busy, failed",
);
const LOCKS: Declaration = Declaration::counter(
    "sign_in_locks_total",
    &["class"],
    "Tries that were not let in after too many failures, by what these were counted under",
);
const FREE: Declaration =
    Declaration::gauge("password_places_free", &[], "Places for hashing that are free for everybody");
const KEPT: Declaration =
    Declaration::gauge("password_places_kept_free", &[], "Places for hashing that are free for known devices");
const HASHED: Declaration = Declaration::counter(
    "password_hashes_total",
    &[],
    "Passwords that were hashed, to store or to verify them, or in place of somebody's who does not exist",
);

/// Handles on them.
pub(super) struct SignInMetrics {
    outcomes: Counters,
    locks: Counters,
}

impl SignInMetrics {
    pub(super) fn new(metrics: &Metrics, passwords: &Pool) -> Self {
        let (one, other, third) = (passwords.clone(), passwords.clone(), passwords.clone());
        metrics.observed(HASHED, move || Some(third.hashed() as f64));
        metrics.observed(FREE, move || u32::try_from(one.free().0).ok().map(f64::from));
        metrics.observed(KEPT, move || u32::try_from(other.free().1).ok().map(f64::from));
        Self { outcomes: metrics.counters(SIGN_INS), locks: metrics.counters(LOCKS) }
    }

    pub(super) fn outcome(&self, outcome: &'static str) {
        self.outcomes.with(&[outcome]).inc();
    }

    pub(super) fn lock(&self, blocked: Blocked) {
        self.locks.with(&[blocked.class.name()]).inc();
    }
}
