//! A length of time with its unit, so that nobody takes seconds for milliseconds.

use std::time::Duration;

use super::setting::text_of;
use super::{Raw, Setting};

/// A length of time, written as `250ms`, `30s`, `5m`, `2h` or `7d`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(Duration);

/// Longest unit first, because that is how a period is shown.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Period {
    /// So many milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    /// So many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// As the standard library has it.
    pub const fn duration(self) -> Duration {
        self.0
    }

    /// Whole seconds, at least one: for `Retry-After`.
    pub fn seconds_up(self) -> u64 {
        self.0.as_millis().div_ceil(1_000).max(1).try_into().unwrap_or(u64::MAX)
    }
}

impl Setting for Period {
    const FORM: &'static str = "a length of time with its unit, such as 250ms, 30s, 5m, 2h or 7d";

    fn read(raw: &Raw) -> Option<Self> {
        let text = text_of(raw)?;
        let (number, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
        let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
        Some(Self::millis(number.parse::<u64>().ok()?.checked_mul(*millis)?))
    }

    fn show(&self) -> String {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        let fits = |(_, unit): &&(&str, u64)| millis >= *unit && millis.is_multiple_of(*unit);
        let (name, unit) = UNITS.iter().find(fits).unwrap_or(&("s", 1_000));
        format!("\"{}{name}\"", millis / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_shown_in_the_longest_unit_that_fits_and_read_back() {
        for (millis, shown) in [(0, "\"0s\""), (1_500, "\"1500ms\""), (90_000, "\"90s\""), (7_200_000, "\"2h\"")] {
            let period = Period::millis(millis);
            assert_eq!(period.show(), shown);
            assert_eq!(Period::read(&Raw::Text(shown.trim_matches('"').into())), Some(period));
        }
    }

    #[test]
    fn a_number_without_a_unit_is_no_period() {
        for text in ["30", "", "s", "-1s", "1.5s", "1 week", "99999999999999999999s", "213503982335d"] {
            assert_eq!(Period::read(&Raw::Text(text.into())), None, "{text}");
        }
        assert_eq!(Period::read(&Raw::Typed(30.into())), None);
    }
}
