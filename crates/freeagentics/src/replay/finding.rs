//! What a replay finds.

use serde::Serialize;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Finding {
    /// The place in the log; 0 if it is about no event.
    pub(crate) seq: u64,
    /// The agent, if it is known.
    pub(crate) agent: Option<String>,
    /// What kind of fault it is.
    pub(crate) fault: Fault,
    /// What was found.
    pub(crate) detail: String,
}

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// This program does not compute what its numerics version says.
    Kernels,
    /// The database itself is damaged.
    Database,
    /// An event cannot be read.
    Unreadable,
    /// An event is not the one that was committed: its chain breaks here.
    Commitment,
    /// A link to another event is wrong, or an event is missing.
    Link,
    /// Revisions, steps or episodes do not follow each other.
    Number,
    /// A step is decided otherwise now.
    Decision,
    /// The beliefs that an event carries are not those that follow from it.
    Snapshot,
    /// An event belongs to no agent, or an agent has no event.
    Agent,
    /// The table of last events says something else than the log.
    Head,
    /// A model is gone or is not the one that its digest names.
    Model,
}

/// What a replay came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Report {
    /// Events that were read.
    pub(crate) events: u64,
    /// Steps that were decided again.
    pub(crate) steps: u64,
    /// Of these, by another numerics version, or out of a state that only an earlier version has let in, so that their bits
    /// say nothing.
    pub(crate) by_another_engine: u64,
    /// Agents with events.
    pub(crate) agents: u64,
    /// All that is wrong, in the order of the log.
    pub(crate) findings: Vec<Finding>,
    /// Findings beyond those that are listed.
    pub(crate) omitted: u64,
}

/// So many findings are listed.
const LISTED: usize = 100;

impl Report {
    /// Whether nothing is wrong.
    pub(crate) const fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn add(&mut self, seq: u64, agent: Option<&str>, fault: Fault, detail: impl Into<String>) {
        if self.findings.len() >= LISTED {
            self.omitted += 1;
            return;
        }
        let agent = agent.map(str::to_owned);
        self.findings.push(Finding { seq, agent, fault, detail: detail.into() });
    }
}
