//! The six categories of a report.

use serde::{Deserialize, Serialize};

/// Every requirement is in exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(crate) enum Category {
    Security,
    Infrastructure,
    Monitoring,
    Documentation,
    #[serde(rename = "CI/CD")]
    Delivery,
    #[serde(rename = "Disaster Recovery")]
    Recovery,
}

impl Category {
    pub(crate) const ALL: [Self; 6] =
        [Self::Security, Self::Infrastructure, Self::Monitoring, Self::Documentation, Self::Delivery, Self::Recovery];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Security => "Security",
            Self::Infrastructure => "Infrastructure",
            Self::Monitoring => "Monitoring",
            Self::Documentation => "Documentation",
            Self::Delivery => "CI/CD",
            Self::Recovery => "Disaster Recovery",
        }
    }
}
