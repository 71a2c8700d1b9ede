//! How much was done.

use std::ops::AddAssign;
use std::time::Duration;

use serde::Serialize;

use crate::clock::millis;
use crate::report::count;

/// Counts over all rounds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tally {
    pub kills: u64,
    /// How often it was asked to end.
    pub ends: u64,
    pub kills_during_start: u64,
    pub requests: u64,
    pub acknowledged_steps: u64,
    pub acknowledged_steps_in_batches: u64,
    pub acknowledged_resets: u64,
    pub acknowledged_creations: u64,
    pub dry_runs: u64,
    /// Requests that were repeated, or sent twice at once, although they had been or were being answered.
    pub needless_repetitions: u64,
    pub unanswered: u64,
    /// Of the unanswered, those with a key: what had been done before the kill, and what was not.
    pub retries_found_done: u64,
    pub retries_done_now: u64,
    /// Refused for now (429, 503): nothing was done.
    pub refused: u64,
    pub comparisons: u64,
    pub steps_read_back: u64,
    #[serde(serialize_with = "percentiles")]
    pub start_to_ready_ms: Vec<f64>,
}

/// Percentiles instead of all values.
fn percentiles<S: serde::Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    let [p50, p95, max] = [50, 95, 100].map(|percent| percentile(values, percent));
    serde_json::json!({ "p50": p50, "p95": p95, "max": max }).serialize(serializer)
}

fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
}

impl Tally {
    pub(super) fn started(&mut self, after: Duration) {
        self.start_to_ready_ms.push(millis(after));
    }

    /// A percentile of the times from a start until the server was ready, in milliseconds.
    pub(super) fn start_to_ready(&self, percent: usize) -> f64 {
        percentile(&self.start_to_ready_ms, percent)
    }

    /// In a line.
    pub(super) fn progress(&self) -> String {
        format!(
            "{} ends, {} steps acknowledged, {} requests unanswered",
            count(self.kills + self.ends),
            count(self.acknowledged_steps),
            count(self.unanswered)
        )
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.kills += more.kills;
        self.ends += more.ends;
        self.kills_during_start += more.kills_during_start;
        self.requests += more.requests;
        self.acknowledged_steps += more.acknowledged_steps;
        self.acknowledged_steps_in_batches += more.acknowledged_steps_in_batches;
        self.acknowledged_resets += more.acknowledged_resets;
        self.acknowledged_creations += more.acknowledged_creations;
        self.dry_runs += more.dry_runs;
        self.needless_repetitions += more.needless_repetitions;
        self.unanswered += more.unanswered;
        self.retries_found_done += more.retries_found_done;
        self.retries_done_now += more.retries_done_now;
        self.refused += more.refused;
        self.comparisons += more.comparisons;
        self.steps_read_back += more.steps_read_back;
        self.start_to_ready_ms.extend(more.start_to_ready_ms);
    }
}
