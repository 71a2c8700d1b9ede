//! The arithmetic of a bucket (GCRA): all there is to keep is the moment at which it is full again.

use std::time::Duration;

use super::Rate;

/// What somebody found in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Whether there was one to take.
    pub taken: bool,
    /// How many are left.
    pub remaining: u32,
    /// How long until there is one again; nothing if there is.
    pub wait: Duration,
    /// How long until the bucket is full.
    pub full_in: Duration,
}

/// Takes one out of a bucket that is full again at `full_at`: the moment at which it is full now, and what was found.
/// Moments are microseconds; one further away than the bucket is deep, because a clock was set back, counts as empty.
pub(super) fn take(full_at: u64, now: u64, rate: Rate) -> (u64, Level) {
    let interval = rate.interval();
    let depth = interval.saturating_mul(u64::from(rate.count()));
    let full_at = full_at.clamp(now, now.saturating_add(depth));
    let after = full_at.saturating_add(interval);
    let limit = now.saturating_add(depth);
    let taken = after <= limit;
    let moment = if taken { after } else { full_at };
    let remaining = u32::try_from(limit.saturating_sub(moment) / interval).unwrap_or(u32::MAX);
    let wait = Duration::from_micros(moment.saturating_add(interval).saturating_sub(limit));
    (moment, Level { taken, remaining, wait, full_in: Duration::from_micros(moment - now) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate::per_minute(60);

    #[test]
    fn a_bucket_gives_what_it_holds_and_then_what_trickles_in() {
        let (mut full_at, now) = (0, 1_000_000_000);
        for left in (0..60).rev() {
            let (next, level) = take(full_at, now, RATE);
            full_at = next;
            assert_eq!((level.taken, level.remaining), (true, left));
        }
        let (_, level) = take(full_at, now, RATE);
        assert_eq!((level.taken, level.wait, level.full_in), (false, Duration::from_secs(1), Duration::from_secs(60)));
        assert!(!take(full_at, now + 999_999, RATE).1.taken);
        assert!(take(full_at, now + 1_000_000, RATE).1.taken);
        assert_eq!(take(full_at, now + 60_000_000, RATE).1.remaining, 59, "full again");
    }

    #[test]
    fn a_clock_that_is_set_back_costs_at_most_one_window() {
        let (full_at, _) = take(0, 9_000_000_000, RATE);
        let (_, level) = take(full_at, 1_000, RATE);
        assert_eq!((level.taken, level.wait), (false, Duration::from_secs(1)));
    }
}
