//! The system itself: who asks, and what runs.

pub(crate) mod read;
pub(crate) mod whoami;
