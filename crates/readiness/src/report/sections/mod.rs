//! The sections of a report for people.

mod categories;
mod evidence;
mod head;
mod measured;
mod next;

use super::Report;
use super::document::{Block, Document, Line, Span, text};
use crate::judgement::{Row, Status};
use crate::proofs::Verdict;

/// The whole report, in the order in which it is read.
pub(super) fn document(report: &Report) -> Document {
    let blocks = [head::blocks, categories::blocks, measured::blocks, next::blocks, evidence::blocks];
    let version = report.subject.revision.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    Document {
        title: format!("Production readiness: {}{version}", report.subject.product),
        blocks: blocks.into_iter().flat_map(|blocks| blocks(report)).collect(),
    }
}

/// In one line.
pub(super) fn summary(report: &Report) -> String {
    let overall = report.scores.first();
    let percent = overall.and_then(|score| score.percent).unwrap_or_default();
    let counts = overall.map(|score| score.counts).unwrap_or_default();
    let counts: Vec<String> =
        Status::ALL.iter().zip(counts).map(|(status, count)| format!("{count} {}", status.name())).collect();
    format!("{percent} %: of {} requirements {}", report.requirements.len(), counts.join(", "))
}

/// A line for each part that failed.
pub(super) fn failures(row: &Row) -> Vec<String> {
    let parts = row.parts.iter().filter_map(|part| match &part.outcome.verdict {
        Verdict::Failed { why } => Some(format!("{}: {}: {why}", row.id, part.shows)),
        Verdict::Held | Verdict::NotRun { .. } => None,
    });
    parts.collect()
}

fn heading(level: u8, words: &str) -> Block {
    Block::Heading(level, words.into())
}

/// The id of a requirement; it leads to its evidence.
fn id(row: &Row) -> Line {
    vec![Span::Link(row.id.clone())]
}

fn standing(row: &Row) -> Line {
    vec![Span::Status(row.status, row.standing())]
}

/// Lines below each other in one cell.
fn stacked(lines: Vec<Line>) -> Line {
    lines.into_iter().reduce(|stack, line| [stack, vec![Span::Break], line].concat()).unwrap_or_else(|| vec![text("–")])
}
