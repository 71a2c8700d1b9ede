//! A moment as people and programs read it: RFC 3339 in UTC, to the millisecond.

use std::fmt;
use std::str::FromStr;

use super::Timestamp;

const DAY: i64 = 86_400_000;

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        let millis = self.0.rem_euclid(DAY);
        let (hour, minute) = (millis / 3_600_000, millis / 60_000 % 60);
        let (second, milli) = (millis / 1_000 % 60, millis % 1_000);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}

/// Year, month and day from days since 1970-01-01, in the Gregorian calendar (Hinnant, "chrono-compatible low-level
/// date algorithms"): years begin in March there, so that the leap day is the last of its year.
const fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

impl FromStr for Timestamp {
    type Err = NoMoment;

    /// A moment in UTC, such as `2026-03-01T12:00:00Z`, to the millisecond at most.
    fn from_str(text: &str) -> Result<Self, NoMoment> {
        // The year has four digits, so nothing overflows.
        if text.len() > "2026-03-01T12:00:00.000Z".len() {
            return Err(NoMoment);
        }
        let (seconds, millis) = match text.strip_suffix('Z').ok_or(NoMoment)?.split_once('.') {
            Some((seconds, fraction)) => {
                let is_short = (1..=3).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
                (seconds, if is_short { format!("{fraction:0<3}") } else { return Err(NoMoment) })
            }
            None => (text.trim_end_matches('Z'), "000".to_owned()),
        };
        let (day, time) = seconds.split_once('T').ok_or(NoMoment)?;
        let [year, month, date] = numbers(day, '-')?;
        let [hour, minute, second] = numbers(time, ':')?;
        // There are no leap seconds here. Whether the month has this day is seen when the moment is written again.
        let of_day = ((hour * 60 + minute) * 60 + second) * 1_000 + millis.parse::<i64>().map_err(|_| NoMoment)?;
        let moment = Self(days(year, month, date) * DAY + of_day);
        if moment.to_string() == format!("{seconds}.{millis}Z") { Ok(moment) } else { Err(NoMoment) }
    }
}

/// A text is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a moment in UTC, such as 2026-03-01T12:00:00Z")]
pub struct NoMoment;

fn numbers(text: &str, between: char) -> Result<[i64; 3], NoMoment> {
    let numbers: Vec<i64> = text.split(between).map(str::parse).collect::<Result<_, _>>().map_err(|_| NoMoment)?;
    numbers.try_into().map_err(|_| NoMoment)
}

/// Days since 1970-01-01: the other way round.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year.saturating_sub(1) } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted = if month > 2 { month.saturating_sub(3) } else { month.saturating_add(9) };
    let day_of_year = (153_i64.wrapping_mul(shifted).wrapping_add(2) / 5).wrapping_add(day).wrapping_sub(1);
    let day_of_era = (year_of_era * 365 + year_of_era / 4 - year_of_era / 100).wrapping_add(day_of_year);
    era.wrapping_mul(146_097).wrapping_add(day_of_era).wrapping_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_other_programs_write_them() {
        // From `date -u -d @SECONDS +%FT%T`.
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_123, "2000-02-29T00:00:00.123Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Timestamp(millis).to_string(), text);
            assert_eq!(text.parse(), Ok(Timestamp(millis)));
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        assert_eq!("2026-03-01T12:00:00Z".parse(), Ok(Timestamp(1_772_366_400_000)));
        assert_eq!("2026-03-01T12:00:00.5Z".parse(), Ok(Timestamp(1_772_366_400_500)));
        for wrong in [
            "",
            "Z",
            "2026-03-01",
            "2026-03-01T12:00:00",
            "2026-02-29T12:00:00Z",
            "2026-13-01T12:00:00Z",
            "2026-03-01T24:00:00Z",
            "2026-03-01T12:60:00Z",
            "2026-03-01T12:00:60Z",
            "2026-3-1T12:00:00Z",
            "2026-03-01T12:00:00.Z",
            "2026-03-01T12:00:00.1234Z",
            "2026-03-01T12:00:00+01:00",
            "9223372036854775807-03-01T12:00:00Z",
        ] {
            assert_eq!(wrong.parse::<Timestamp>(), Err(NoMoment), "{wrong}");
        }
    }
}
