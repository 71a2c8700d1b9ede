//! The machine's clock, beside the last record in the log.

use std::time::Duration;

use axiomcore::clock::{Clock, SystemClock, Timestamp};

use super::{Findings, database::Open};
use crate::log::event::Told;

/// Clocks of machines that share a database may differ by this much.
const TOLERATED: Duration = Duration::from_secs(2);

pub(super) fn look(open: &Open, findings: &mut Findings) {
    let last = open.database.read_blocking(|connection| {
        let rows = connection.query("SELECT body FROM events ORDER BY seq DESC LIMIT 1", &[])?;
        rows.into_iter().next().map(|mut row| row.bytes(0)).transpose()
    });
    match last {
        Ok(Some(body)) => match Told::decode(&body) {
            Ok(told) => compare(SystemClock.now(), told.recorded_at(), findings),
            Err(error) => {
                let mend = "find out how far the damage goes: freeagentics replay --verify";
                findings.wrong("log", format!("the last record cannot be read: {error}"), mend);
            }
        },
        Ok(None) => findings.good("clock", "there is no record yet that it could be behind"),
        // The check of the schema has said that there is no log.
        Err(_) => {}
    }
}

fn compare(now: Timestamp, last: Timestamp, findings: &mut Findings) {
    if now.plus(TOLERATED) < last {
        let what = format!("it says {now}, and the last record is from {last}");
        let mend = "set it right, with NTP best: what is recorded now would seem older than what it follows";
        findings.wrong("clock", what, mend);
    } else {
        findings.good("clock", format!("it is not behind the last record, of {last}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn a_clock_that_was_set_back_is_noticed() {
        let state = |now, last| {
            let mut findings = Findings::default();
            compare(Timestamp(now), Timestamp(last), &mut findings);
            findings.0[0].state
        };
        assert_eq!(
            [state(10_000, 9_000), state(10_000, 11_000), state(10_000, 13_000)],
            [State::Good, State::Good, State::Wrong]
        );
    }
}
