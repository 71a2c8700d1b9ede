//! From what proofs came to, to what is known about each requirement.

mod advice;
mod score;

use std::path::Path;

use serde::Serialize;

use crate::profile::{Category, Priority, Requirement};
use crate::proofs::{Outcome, Verdict};

pub(crate) use advice::{Advice, advice};
pub(crate) use score::{HOW, Score, scores};

/// What is known about a requirement. There is no bare tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Status {
    /// Every part of it was executed and holds.
    #[serde(rename = "proved")]
    Proved,
    /// Every part of it holds, some only in a form that can be run without the real thing.
    #[serde(rename = "validated offline")]
    ValidatedOffline,
    /// Some part was not executed, or has no proof.
    #[serde(rename = "not proved")]
    NotProved,
    /// Some part was executed and does not hold.
    #[serde(rename = "failed")]
    Failed,
}

impl Status {
    pub(crate) const ALL: [Self; 4] = [Self::Proved, Self::ValidatedOffline, Self::NotProved, Self::Failed];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::ValidatedOffline => "validated offline",
            Self::NotProved => "not proved",
            Self::Failed => "failed",
        }
    }
}

/// One proof of a requirement, executed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Part {
    pub(crate) shows: String,
    pub(crate) kind: &'static str,
    /// Why it is less than the real thing.
    pub(crate) offline: Option<String>,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

impl Part {
    pub(crate) fn status(&self) -> Status {
        match (&self.outcome.verdict, &self.offline) {
            (Verdict::Held, None) => Status::Proved,
            (Verdict::Held, Some(_)) => Status::ValidatedOffline,
            (Verdict::NotRun { .. }, _) => Status::NotProved,
            (Verdict::Failed { .. }, _) => Status::Failed,
        }
    }
}

/// Something that supports a requirement and proves nothing.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Reference {
    pub(crate) name: String,
    /// Whether it is in the repository; unknown of what is elsewhere.
    pub(crate) is_there: Option<bool>,
}

/// A requirement, judged.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) category: Category,
    pub(crate) priority: Priority,
    pub(crate) status: Status,
    /// How many of its parts hold, out of how many.
    pub(crate) parts_held: usize,
    pub(crate) parts_declared: usize,
    pub(crate) parts: Vec<Part>,
    pub(crate) missing: Vec<String>,
    pub(crate) supported_by: Vec<Reference>,
}

impl Row {
    pub(crate) fn judge(id: &str, requirement: &Requirement, parts: Vec<Part>, repo: &Path) -> Self {
        let mut missing = requirement.missing.clone();
        if parts.is_empty() && missing.is_empty() {
            missing.push("all of it".into());
        }
        let reference = |name: &String| Reference {
            name: name.clone(),
            is_there: (!name.contains("://")).then(|| repo.join(name).exists()),
        };
        Self {
            id: id.into(),
            text: requirement.text.clone(),
            category: requirement.category,
            priority: requirement.priority,
            status: status(&parts, &missing),
            parts_held: parts.iter().filter(|part| part.outcome.verdict == Verdict::Held).count(),
            parts_declared: parts.len() + missing.len(),
            parts,
            missing,
            supported_by: requirement.see.iter().map(reference).collect(),
        }
    }

    /// The status, and how far it is from being more.
    pub(crate) fn standing(&self) -> String {
        match self.status {
            Status::NotProved if self.parts_held > 0 => {
                format!("not proved (partly: {} of {})", self.parts_held, self.parts_declared)
            }
            status => status.name().into(),
        }
    }
}

/// The worst part decides, and what is missing is as bad as what was not run.
fn status(parts: &[Part], missing: &[String]) -> Status {
    let has = |status| parts.iter().any(|part| part.status() == status);
    match () {
        () if has(Status::Failed) => Status::Failed,
        () if has(Status::NotProved) || !missing.is_empty() || parts.is_empty() => Status::NotProved,
        () if has(Status::ValidatedOffline) => Status::ValidatedOffline,
        () => Status::Proved,
    }
}
