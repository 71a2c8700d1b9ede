//! A table for each category: how each requirement stands, and on what that rests.

use super::{heading, id, stacked, standing};
use crate::judgement::{Part, Row};
use crate::profile::Category;
use crate::proofs::Verdict;
use crate::report::Report;
use crate::report::document::{Block, Line, Span, prose};

pub(super) fn blocks(report: &Report) -> Vec<Block> {
    Category::ALL.into_iter().flat_map(|category| of_category(report, category)).collect()
}

fn of_category(report: &Report, category: Category) -> Vec<Block> {
    let rows: Vec<Vec<Line>> =
        report.requirements.iter().filter(|row| row.category == category).map(table_row).collect();
    let table = match rows.is_empty() {
        true => Block::Paragraph(prose("No requirements.")),
        false => Block::Table { headings: vec!["Id", "Requirement", "Status", "Evidence"], rows },
    };
    vec![heading(2, category.name()), table]
}

fn table_row(row: &Row) -> Vec<Line> {
    let parts = row.parts.iter().map(evidence);
    let missing = (!row.missing.is_empty()).then(|| prose(format!("no proof yet: {}", row.missing.join("; "))));
    let requirement = prose(format!("{} ({})", row.text, row.priority.name()));
    vec![id(row), requirement, standing(row), stacked(parts.chain(missing).collect())]
}

/// What ran for a part, and how it ended, in a few words.
fn evidence(part: &Part) -> Line {
    let proof = &part.outcome.evidence;
    let tests = proof.tests.map(|tally| match tally.passed + tally.failed {
        1 => "1 test".into(),
        n_tests => format!("{n_tests} tests"),
    });
    let figures = proof.figures.iter().map(|figure| format!("{}: {}", figure.name, figure.amount()));
    let details: Vec<String> = tests.into_iter().chain(figures).collect();
    let details = if details.is_empty() { part.kind.to_owned() } else { details.join(", ") };
    let mut line = vec![Span::Status(part.status(), part.status().name().into())];
    line.extend(prose(match &part.outcome.verdict {
        Verdict::Held => format!(": {} ({details})", part.shows),
        Verdict::NotRun { why } => format!(": {} (not run: {why})", part.shows),
        Verdict::Failed { why } => format!(": {} ({why})", part.shows),
    }));
    line
}
