//! How a siege ended, and how that is told.

use serde::Serialize;
use serde_json::Value;

use super::{Fault, Kind, Plan, Tally};
use crate::Result;
use crate::report::{count, line, table};

/// How it ended.
#[derive(Debug, Serialize)]
pub struct Outcome {
    pub plan: Plan,
    pub seconds: f64,
    pub tally: Tally,
    /// Nothing here: nothing was lost, doubled or changed.
    pub faults: Vec<Fault>,
    /// What `replay --verify` said in the end.
    pub replay: Value,
}

impl Outcome {
    /// Whether acknowledged work was missing.
    pub fn found_a_loss(&self) -> bool {
        self.faults.iter().any(|fault| fault.kind == Kind::Lost)
    }

    /// Prints it.
    ///
    /// # Errors
    /// If nobody reads.
    pub fn tell(&self) -> Result<()> {
        let tally = &self.tally;
        let row = |name: &str, n: u64| [name.to_owned(), count(n)];
        table(&[
            row("kills", tally.kills),
            row("  of these during the start", tally.kills_during_start),
            row("ends in order", tally.ends),
            row("requests", tally.requests),
            row("steps acknowledged", tally.acknowledged_steps),
            row("  of these in batches", tally.acknowledged_steps_in_batches),
            row("resets acknowledged", tally.acknowledged_resets),
            row("creations acknowledged", tally.acknowledged_creations),
            row("dry runs, which must leave no trace", tally.dry_runs),
            row("repetitions of what was answered", tally.needless_repetitions),
            row("requests that the end left unanswered", tally.unanswered),
            row("  asked again, and done before the end", tally.retries_found_done),
            row("  asked again, and done only then", tally.retries_done_now),
            row("refused for now", tally.refused),
            row("agents compared", tally.comparisons),
            row("decisions read back and compared", tally.steps_read_back),
        ])?;
        let [p50, max] = [50, 100].map(|percent| tally.start_to_ready(percent));
        line(&format!("start to ready: p50 {p50:.0} ms, max {max:.0} ms; {:.0} s in all", self.seconds))?;
        if !self.replay.is_null() {
            line(&format!("replay --verify: {}", self.replay))?;
        }
        self.faults.iter().try_for_each(|fault| line(&fault.to_string()))
    }
}
