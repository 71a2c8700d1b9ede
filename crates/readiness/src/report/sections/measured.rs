//! Figures that were measured, and tests by kind.

use super::heading;
use crate::proofs::Figure;
use crate::report::Report;
use crate::report::document::{Block, Line, Span, prose};

pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let started = report.service_figures.iter().map(|figure| (None, figure));
    let proofs = report.requirements.iter().flat_map(|row| row.parts.iter().map(move |part| (&row.id, part)));
    let measured = proofs.flat_map(|(id, part)| part.outcome.evidence.figures.iter().map(move |it| (Some(id), it)));
    let figures: Vec<Vec<Line>> = started.chain(measured).map(figure_row).collect();
    vec![
        heading(2, "Measured"),
        Block::Paragraph(prose("Only what was measured in this examination, on the machine named above.")),
        table(vec!["For", "What", "Measured", "Bound", "Within it"], figures, "Nothing was measured."),
        heading(2, "Tests by kind"),
        Block::Paragraph(prose("Only tests that serve as proofs, each counted once.")),
        table(vec!["Kind", "Passed", "Failed"], kinds(report), "No tests ran."),
    ]
}

fn figure_row((id, figure): (Option<&String>, &Figure)) -> Vec<Line> {
    let bound = figure.bound().map(|bound| format!("{bound} {}", figure.unit).trim_end().to_owned());
    let verdict = match (&bound, figure.is_within()) {
        (None, _) => "no bound set",
        (Some(_), true) => "yes",
        (Some(_), false) => "no",
    };
    let id = id.map_or_else(|| prose("start"), |id| vec![Span::Link(id.clone())]);
    let bound = bound.unwrap_or_else(|| "–".into());
    vec![id, prose(&figure.name), prose(figure.amount()), prose(bound), prose(verdict)]
}

/// Tests, and the other things that were executed.
fn kinds(report: &Report) -> Vec<Vec<Line>> {
    let tests = report.tests_by_kind.iter().map(|kind| (kind.kind.clone(), kind.tally.passed, kind.tally.failed));
    let others = [("command", "commands"), ("http", "requests to the service"), ("metrics", "metrics of the service")];
    let others = others.into_iter().filter_map(|(kind, name)| {
        let parts = report.requirements.iter().flat_map(|row| &row.parts).filter(|part| part.kind == kind);
        let executed = parts.filter(|part| part.outcome.evidence.at.is_some());
        let (held, failed): (Vec<_>, Vec<_>) =
            executed.partition(|part| part.outcome.verdict == crate::proofs::Verdict::Held);
        (held.len() + failed.len() > 0).then(|| (name.to_owned(), held.len(), failed.len()))
    });
    let row = |(kind, passed, failed): (String, usize, usize)| {
        vec![prose(kind), prose(passed.to_string()), prose(failed.to_string())]
    };
    tests.chain(others).map(row).collect()
}

fn table(headings: Vec<&'static str>, rows: Vec<Vec<Line>>, otherwise: &str) -> Block {
    if rows.is_empty() { Block::Paragraph(prose(otherwise)) } else { Block::Table { headings, rows } }
}
