//! The system itself: who asks, and what runs.

pub(crate) mod counts;
pub(crate) mod gauges;
pub(crate) mod read;
pub(crate) mod whoami;
