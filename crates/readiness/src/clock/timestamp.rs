//! A moment as a report shows it: UTC, to the second.

use std::fmt;

use serde::{Serialize, Serializer};

const DAY: u64 = 86_400;

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment that many seconds after 1970.
    #[must_use]
    pub fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The day that many days later, without the time of day: `2026-11-22`.
    pub(crate) fn day_after(self, days: u64) -> String {
        let (year, month, day) = date(self.0 / DAY + days);
        format!("{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0 % DAY;
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{:02}Z", self.day_after(0), second % 60)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Year, month and day of a number of days since 1970. The year is taken to begin in March, so that the leap day is its
/// last and every month's first day is `(153 m + 2) / 5`.
const fn date(days: u64) -> (u64, u64, u64) {
    const DAYS_TO_MARCH_OF_YEAR_0: u64 = 719_468;
    const FOUR_CENTURIES: u64 = 146_097;
    let days = days + DAYS_TO_MARCH_OF_YEAR_0;
    let (cycle, day) = (days / FOUR_CENTURIES, days % FOUR_CENTURIES);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, is_next_year) = (day - (153 * month + 2) / 5 + 1, month >= 10);
    let month = if is_next_year { month - 9 } else { month + 3 };
    (400 * cycle + year + is_next_year as u64, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_days_are_those_of_the_calendar() {
        // From `date -u -d @SECONDS +%FT%TZ`.
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(Timestamp(seconds).to_string(), text);
        }
        assert_eq!(Timestamp(1_709_251_199).day_after(1), "2024-03-01");
        assert_eq!(Timestamp(1_703_980_800).day_after(1), "2024-01-01");
    }
}
