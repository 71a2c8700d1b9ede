//! Whether a service is ready for production, as far as something that runs can show it.
//!
//! A [`Profile`] lists requirements and, for each, the proofs of it: tests, commands, requests to the running service,
//! metrics. [`examine`] executes them and makes a [`Report`]. A requirement is `not proved` until something has been
//! executed for it: that a file exists proves nothing.
//!
//! This is a client's view. The profile is data, so any repository and any service can be judged; nothing here knows
//! the product that it ships with.

mod blanks;
mod clock;
mod deployment;
mod examination;
mod judgement;
mod machine;
mod process;
mod profile;
mod proofs;
mod redaction;
mod report;
mod repository;
mod service;

pub use clock::{Clock, SystemClock, Timestamp};
pub use deployment::Deployment;
pub use examination::{Examination, examine};
pub use profile::{Profile, ProfileError};
pub use report::{Format, Report};
