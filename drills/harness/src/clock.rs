//! Time. Drills measure what really passes; nothing of theirs is replayed.

use std::time::{Duration, Instant};

/// Now.
#[expect(clippy::disallowed_methods, reason = "a drill measures real time")]
pub fn now() -> Instant {
    Instant::now()
}

/// In milliseconds, for reports.
pub fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
