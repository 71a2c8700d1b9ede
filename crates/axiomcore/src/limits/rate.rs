//! A rate, as operators write it.

use std::time::Duration;

use crate::config::{Period, Raw, Setting};

/// So many requests in so much time: a bucket that holds that many, and is full again after that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    window: Period,
}

/// Longer ones would be quotas, not limits: what is in memory is forgotten at a restart.
const LONGEST: Duration = Duration::from_secs(86_400);

impl Rate {
    /// So many a minute.
    pub const fn per_minute(count: u32) -> Self {
        Self { count: if count == 0 { 1 } else { count }, window: Period::seconds(60) }
    }

    /// How many at most at once.
    pub const fn count(self) -> u32 {
        self.count
    }

    /// After how long an empty bucket is full.
    pub const fn window(self) -> Duration {
        self.window.duration()
    }

    /// Microseconds until one more may be taken.
    pub(super) fn interval(self) -> u64 {
        let window = u64::try_from(self.window().as_micros()).unwrap_or(u64::MAX);
        (window / u64::from(self.count.max(1))).max(1)
    }

    fn of(count: u32, window: Period) -> Option<Self> {
        let fits = count > 0 && window.duration() <= LONGEST && window.duration().as_micros() >= u128::from(count);
        fits.then_some(Self { count, window })
    }
}

impl Setting for Rate {
    const FORM: &'static str =
        "a number of requests and a time, such as 100/1m or 20/1s (at most one a microsecond and 24h)";

    fn read(raw: &Raw) -> Option<Self> {
        let text = String::read(raw)?;
        let (count, window) = text.split_once('/')?;
        Self::of(count.trim().parse().ok()?, Period::read(&Raw::Text(window.trim().to_owned()))?)
    }

    fn show(&self) -> String {
        format!("\"{}/{}\"", self.count, self.window.show().trim_matches('"'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_as_it_is_written() {
        for text in ["100/1m", "20/1s", "1/24h", "30000/250ms"] {
            let rate = Rate::read(&Raw::Text(text.into()));
            assert_eq!(rate.map(|rate| rate.show()), Some(format!("\"{}\"", text.replace("24h", "1d"))));
        }
        for text in ["100", "0/1m", "100/0s", "100/m", "-1/1m", "1/2d", "2000/1ms", "100/1m/1s"] {
            assert_eq!(Rate::read(&Raw::Text(text.into())), None, "{text}");
        }
    }
}
