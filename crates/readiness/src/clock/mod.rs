//! Time as a parameter: when something was examined, and how long it took.

mod timestamp;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use timestamp::Timestamp;

/// Where the time comes from.
pub trait Clock {
    /// The time of day.
    fn now(&self) -> Timestamp;
    /// Time that only ever goes forward, since some moment of its own.
    fn monotonic(&self) -> Duration;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    started: Instant,
}

#[expect(clippy::disallowed_methods, reason = "the one place of this crate where the machine's clock is read")]
impl SystemClock {
    /// A clock whose monotonic time begins now.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    fn since_1970() -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(Self::since_1970().as_secs())
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}
