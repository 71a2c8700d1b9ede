//! An agent as it is stored.

use axiomcore::clock::Timestamp;

use super::{AgentName, Labels};

/// What is known of an agent apart from its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) name: String,
    /// Names the agent in the log.
    pub(crate) key: i64,
    /// Key of its model version.
    pub(crate) model: i64,
    pub(crate) seed: u64,
    pub(crate) salt: [u8; 16],
    pub(crate) labels: Labels,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: String,
    pub(crate) deleted_at: Option<Timestamp>,
}

/// An agent to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewAgent {
    pub(crate) name: AgentName,
    /// Key of its model version.
    pub(crate) model: i64,
    /// Keys its random choices; 53 bits.
    pub(crate) seed: u64,
    pub(crate) labels: Labels,
    /// What it brings from elsewhere.
    pub(crate) brought: Option<Brought>,
}

/// What an agent that comes from elsewhere has behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Brought {
    pub(crate) step: u64,
    pub(crate) episode: u64,
    /// The saved state; nothing before the first step of an episode.
    pub(crate) state: Option<Vec<u8>>,
}
