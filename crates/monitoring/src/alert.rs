//! Alerts, in families: one family, one file, one runbook.

use serde::Deserialize;

use crate::Case;

/// Alerts that have a runbook in common, and what is recorded for them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Its name, which is also that of its runbook: taken from the file.
    #[serde(skip)]
    pub name: String,
    /// Its heading on the page of alerts.
    pub title: String,
    /// What it is about, in a sentence.
    pub about: String,
    /// What is computed once for several rules and panels.
    #[serde(default, rename = "recording")]
    pub recordings: Vec<Recording>,
    /// Its alerts.
    #[serde(rename = "alert")]
    pub alerts: Vec<Alert>,
}

/// A series that Prometheus computes from others.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// Its name, `level:metric:operations`.
    pub record: String,
    /// What it is computed from.
    pub expr: String,
    /// What it says.
    pub about: String,
}

/// A condition somebody is told of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// Its name, as it is routed and silenced.
    pub name: String,
    /// How urgent it is.
    pub severity: Severity,
    /// When it holds.
    pub expr: String,
    /// For how long it has to hold.
    #[serde(rename = "for")]
    pub hold: String,
    /// What is wrong, in one line, with the values of this case.
    pub summary: String,
    /// What it means for those who use the service.
    pub means: String,
    /// What to do first.
    pub first: String,
    /// Series under which it fires.
    pub fires: Case,
    /// Series, as near as possible, under which it does not.
    pub quiet: Case,
}

/// How urgent an alert is, and so who hears of it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Somebody is woken.
    Critical,
    /// Somebody looks during the day.
    Warning,
    /// It is on record, and shown.
    Info,
}

impl Severity {
    /// The value of the label.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}
