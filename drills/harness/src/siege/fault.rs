//! What can be wrong.

use std::fmt;

use serde::Serialize;

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub kind: Kind,
    /// The agent it is about, if it is about one.
    pub agent: String,
    pub detail: String,
}

/// In one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Acknowledged, and not there.
    Lost,
    /// Done more often than it was asked for.
    Doubled,
    /// There, and not what was acknowledged.
    Changed,
    /// A step number is missing.
    Gap,
    /// Done by a server that ended in order, and never answered.
    Dropped,
    /// The server answered with what it never should, or ended, or panicked.
    Misbehaved,
}

impl Fault {
    pub(super) fn new(kind: Kind, agent: &str, detail: impl Into<String>) -> Self {
        Self { kind, agent: agent.to_owned(), detail: detail.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Lost => "lost",
            Kind::Doubled => "doubled",
            Kind::Changed => "changed",
            Kind::Gap => "gap",
            Kind::Dropped => "dropped",
            Kind::Misbehaved => "misbehaved",
        };
        write!(f, "{kind:<10} {}: {}", self.agent, self.detail)
    }
}
