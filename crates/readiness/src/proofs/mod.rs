//! Proofs: what is executed for a requirement, and what came of it.
//!
//! Each kind is one file or folder: what a profile says of it, and how it is executed. A proof holds, fails, or was not
//! run; there is no fourth way, and nothing holds unless something ran.

mod command;
mod evidence;
mod http;
mod measure;
mod metrics;
mod tests;

pub(crate) use command::CommandProof;
pub(crate) use evidence::{Evidence, Figure, Outcome, Tally, Verdict};
pub(crate) use http::HttpProof;
pub(crate) use metrics::MetricsProof;
pub(crate) use tests::{TestResults, TestsProof};

use std::path::PathBuf;

use crate::blanks::Blanks;
use crate::clock::Clock;
use crate::redaction::Redaction;
use crate::service::Service;

/// What proofs are executed on.
pub(crate) struct Bench<'b> {
    pub(crate) repo: PathBuf,
    pub(crate) scratch: PathBuf,
    pub(crate) service: Service,
    pub(crate) blanks: Blanks,
    pub(crate) redaction: Redaction,
    pub(crate) clock: &'b dyn Clock,
}
