//! What a client is told about its bucket.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::{Class, Level, Rate};
use crate::http::{Problem, codes};

/// The names are those of draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it. The draft's older
/// `RateLimit-Limit`, `-Remaining` and `-Reset` are not sent.
pub(crate) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// The policy.
pub(crate) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What somebody found in a bucket, and what bucket it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// For what kind of route.
    pub class: Class,
    /// How much it holds.
    pub rate: Rate,
    /// What was found.
    pub level: Level,
}

impl Quota {
    /// Refuses who found nothing.
    ///
    /// # Errors
    /// If nothing was found.
    pub fn admit(&self) -> Result<(), Problem> {
        if self.level.taken {
            return Ok(());
        }
        let Self { class, rate, level } = self;
        let detail = format!("at most {} of this kind in {}", rate.count(), seconds(rate.window()));
        Err(Problem::new(&codes::RATE_LIMITED).detail(detail).with("class", class.name()).retry_after(level.wait))
    }

    /// Tells it in headers.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let Self { class, rate, level } = self;
        let name = class.name();
        let policy = format!("\"{name}\";q={};w={}", rate.count(), up(rate.window()));
        let left = format!("\"{name}\";r={};t={}", level.remaining, up(level.full_in));
        for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }
}

/// Whole seconds, rather too long than too short.
fn up(duration: Duration) -> u128 {
    duration.as_millis().div_ceil(1_000)
}

fn seconds(duration: Duration) -> String {
    match up(duration) {
        1 => "a second".into(),
        60 => "a minute".into(),
        n => format!("{n} seconds"),
    }
}
