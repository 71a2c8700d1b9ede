//! What came of it.

use harness::Result;
use harness::report::{count, line, table};
use harness::usage::Usage;
use serde::Serialize;

use crate::attack::Flood;
use crate::people::Entries;
use crate::steps::Stepped;

/// Within what somebody on a known device has to get in.
const BOUND: f64 = 5.0;

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Wrong sign-ins per second.
    pub(crate) wanted: f64,
    /// Whether it matters how long anything took.
    pub(crate) is_timed: bool,
    pub(crate) attack: Flood,
    pub(crate) before: Stepped,
    pub(crate) under_attack: Stepped,
    pub(crate) known: Entries,
    pub(crate) new: Entries,
    /// By the server while steps were counted under attack.
    pub(crate) used: Usage,
    pub(crate) processors: usize,
}

impl Report {
    /// Whether nobody came in who may not, who may was let in, and every step was done.
    pub(crate) fn is_well(&self) -> bool {
        let known = &self.known;
        let in_time = known.refused.is_empty() && known.seconds.iter().all(|took| *took <= BOUND);
        let are_in = !known.seconds.is_empty() && (in_time || !self.is_timed);
        let errors = self.before.errors + self.under_attack.errors;
        are_in && !self.attack.answers.contains_key("200") && errors == 0
    }

    pub(crate) fn tell(&self) -> Result<()> {
        let Flood { seconds, sent, not_sent, answers } = &self.attack;
        let a_second = |n: u64| count((n as f64 / seconds).round() as u64);
        line(&format!("wrong sign-ins  {} a second arrived, of {:.0} wanted", a_second(*sent), self.wanted))?;
        if *not_sent > 0 {
            line(&format!("  {} a second were not sent, because too many were under way", a_second(*not_sent)))?;
        }
        for (answer, n) in answers {
            line(&format!("  {} a second were answered {answer}", a_second(*n)))?;
        }
        let row = |name: &str, steps: &Stepped| {
            let latencies = [steps.p50, steps.p99, steps.max].map(|latency| format!("{latency:.1}"));
            let [p50, p99, max] = latencies;
            [name.to_owned(), count(steps.per_second.round() as u64), p50, p99, max, count(steps.errors)]
        };
        let head = ["steps", "a second", "p50 ms", "p99 ms", "max ms", "errors"].map(str::to_owned);
        table(&[head, row("before", &self.before), row("under attack", &self.under_attack)])?;
        line(&told("known device", &self.known))?;
        line(&told("new device", &self.new))?;
        let Usage { resident_mib, .. } = self.used;
        line(&format!(
            "the server used {:.1} s of {} processors, {resident_mib:.0} MiB",
            self.used.cpu_seconds(),
            self.processors
        ))?;
        line(if self.is_well() {
            "everybody who may got in, nobody who may not, and no step failed"
        } else {
            "NOT WELL: somebody who may did not get in within five seconds, or somebody who may not did, or a step failed"
        })
    }
}

fn told(who: &str, entries: &Entries) -> String {
    let Entries { tries, seconds, refused } = entries;
    let slowest = seconds.iter().fold(0.0_f64, |slowest, took| slowest.max(*took));
    let refused = if refused.is_empty() { String::new() } else { format!("; refused: {refused:?}") };
    if seconds.is_empty() {
        return format!("{who}: in none of {tries} times{refused}");
    }
    format!("{who}: in {} of {tries} times, at most after {slowest:.2} s{refused}", seconds.len())
}
