//! The report: what was judged, what is known about each requirement, and what follows from it.
//!
//! It is data first ([`Report`], as JSON). The pages for people are one [`document`] of headings, tables and lists, made
//! by `sections/` and written as Markdown or as HTML.

mod document;
mod html;
mod markdown;
mod sarif;
mod sections;

use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;

use crate::clock::Timestamp;
use crate::judgement::{Advice, Row, Score, Status, advice, scores};
use crate::machine::Machine;
use crate::profile::SignOff;
use crate::proofs::{Figure, Tally};
use crate::repository::Revision;

/// How a report can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For repositories.
    Markdown,
    /// One page without scripts or anything from elsewhere.
    Html,
    /// For programs.
    Json,
    /// For tools that show findings beside code.
    Sarif,
}

impl FromStr for Format {
    type Err = ();

    /// From the name of a format, or what files of it end in.
    fn from_str(name: &str) -> Result<Self, ()> {
        match name {
            "markdown" | "md" => Ok(Self::Markdown),
            "html" => Ok(Self::Html),
            "json" => Ok(Self::Json),
            "sarif" => Ok(Self::Sarif),
            _ => Err(()),
        }
    }
}

/// What was examined, when, and on what.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Subject {
    pub(crate) product: String,
    pub(crate) revision: Revision,
    pub(crate) at: Timestamp,
    #[serde(skip)]
    pub(crate) took: Duration,
    pub(crate) machine: Machine,
    pub(crate) against: String,
    /// Requirements that were not looked at, because others were asked for.
    pub(crate) left_out: usize,
    pub(crate) next_review: String,
}

/// Tests of one kind.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Kind {
    pub(crate) kind: String,
    #[serde(flatten)]
    pub(crate) tally: Tally,
}

/// What a person signs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Signature {
    pub(crate) role: String,
    pub(crate) items: Vec<String>,
}

/// Everything that an examination found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Of this form of the JSON report.
    pub(crate) form: u32,
    #[serde(flatten)]
    pub(crate) subject: Subject,
    pub(crate) scores: Vec<Score>,
    pub(crate) requirements: Vec<Row>,
    /// Of the service's start.
    pub(crate) service_figures: Vec<Figure>,
    pub(crate) tests_by_kind: Vec<Kind>,
    pub(crate) recommendations: Vec<Advice>,
    pub(crate) sign_off: Vec<Signature>,
}

impl Report {
    pub(crate) fn new(
        subject: Subject,
        requirements: Vec<Row>,
        service_figures: Vec<Figure>,
        tests_by_kind: Vec<(String, Tally)>,
        sign_off: &[SignOff],
    ) -> Self {
        let signature = |it: &SignOff| Signature { role: it.role.clone(), items: it.items.clone() };
        Self {
            form: 1,
            subject,
            scores: scores(&requirements),
            recommendations: advice(&requirements),
            requirements,
            service_figures,
            tests_by_kind: tests_by_kind.into_iter().map(|(kind, tally)| Kind { kind, tally }).collect(),
            sign_off: sign_off.iter().map(signature).collect(),
        }
    }

    /// Whether something was executed and does not hold.
    pub fn has_failures(&self) -> bool {
        self.requirements.iter().any(|row| row.status == Status::Failed)
    }

    /// In one line: the score, and how many requirements stand how.
    pub fn summary(&self) -> String {
        sections::summary(self)
    }

    /// What failed, a line for each.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.requirements.iter().filter(|row| row.status == Status::Failed);
        failed.flat_map(sections::failures).collect()
    }

    /// Writes it.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Markdown => markdown::render(&sections::document(self)),
            Format::Html => html::render(&sections::document(self)),
            // Everything in a report can be written as JSON.
            Format::Json => serde_json::to_string_pretty(self).unwrap_or_default() + "\n",
            Format::Sarif => format!("{:#}\n", sarif::render(self)),
        }
    }
}
