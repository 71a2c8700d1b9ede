//! Why an agent did nothing, as problem details.

use std::time::Duration;

use axiomcore::http::codes::{OVERLOADED, UNAVAILABLE};
use axiomcore::http::{ErrorCode, Problem};
use freeagentics_inference::document::Problems;

use crate::runtime::Refused;
use crate::server::codes::{
    AGENT_BUSY, AGENT_DELETED, AGENT_NOT_FOUND, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_WINDOW_PASSED,
    OBSERVATION_IMPOSSIBLE, OBSERVATION_INVALID, REVISION_MISMATCH,
};

/// When to come again: what is refused early costs almost nothing, and queues are short.
const COME_AGAIN: Duration = Duration::from_secs(1);

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let told = |code: &'static ErrorCode| Self::new(code).detail(refused.to_string());
        match &refused {
            Refused::NotFound => Self::new(&AGENT_NOT_FOUND),
            Refused::Deleted => Self::new(&AGENT_DELETED),
            Refused::RevisionMismatch(revision) => told(&REVISION_MISMATCH).with("revision", *revision),
            Refused::Observation(problems) => misfit(problems),
            Refused::Impossible(free_energy) => told(&OBSERVATION_IMPOSSIBLE).with("free_energy", *free_energy),
            Refused::KeyReused => Self::new(&IDEMPOTENCY_KEY_REUSED),
            Refused::WindowPassed => Self::new(&IDEMPOTENCY_WINDOW_PASSED),
            Refused::AgentBusy => later(told(&AGENT_BUSY)),
            Refused::Overloaded => later(told(&OVERLOADED)),
            Refused::Stopping => later(told(&UNAVAILABLE)),
            Refused::Store(error) => Self::from(&**error),
            Refused::Internal(cause) => Self::internal(cause),
        }
    }
}

/// In the header for a request of its own, in the document for an item among many.
fn later(problem: Problem) -> Problem {
    problem.with("retry_after", COME_AGAIN.as_secs()).retry_after(COME_AGAIN)
}

fn misfit(problems: &Problems) -> Problem {
    let mut told = Problem::new(&OBSERVATION_INVALID);
    if let Some(first) = problems.problems.first() {
        let more = match problems.problems.len() + problems.omitted - 1 {
            0 => String::new(),
            n => format!(" (and {n} more)"),
        };
        told = told.detail(format!("{}{more}", first.message)).pointer(&first.pointer).mend(&first.mend);
    }
    let listed = serde_json::to_value(&problems.problems).unwrap_or_default();
    told.with("problems", listed).with("omitted", problems.omitted)
}
