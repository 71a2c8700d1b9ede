//! How much a requirement matters.

use serde::{Deserialize, Serialize};

/// From what may not be missing in production to what can wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Priority {
    Critical,
    High,
    Normal,
}

impl Priority {
    pub(crate) const ALL: [Self; 3] = [Self::Critical, Self::High, Self::Normal];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Normal => "normal",
        }
    }

    /// What it counts in a score.
    pub(crate) fn weight(self) -> f64 {
        match self {
            Self::Critical => 3.0,
            Self::High => 2.0,
            Self::Normal => 1.0,
        }
    }
}
