//! Live streams over HTTP: one file per endpoint.

pub(crate) mod agent_events;
pub(crate) mod events;
pub(crate) mod socket;
mod start;
