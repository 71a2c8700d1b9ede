//! The evidence for every requirement: what ran, when, how long, and what it said.

use super::{heading, standing};
use crate::judgement::{Part, Reference, Row};
use crate::proofs::Verdict;
use crate::report::Report;
use crate::report::document::{Block, Line, Span, code, prose, text};

pub(super) fn blocks(report: &Report) -> Vec<Block> {
    [heading(2, "Evidence")].into_iter().chain(report.requirements.iter().flat_map(of_row)).collect()
}

fn of_row(row: &Row) -> Vec<Block> {
    let mut blocks = vec![heading(3, &row.id), Block::Paragraph(prose(&row.text)), Block::Paragraph(standing(row))];
    blocks.extend(row.parts.iter().flat_map(of_part));
    if !row.missing.is_empty() {
        blocks.push(Block::Paragraph(prose("No proof yet:")));
        blocks.push(Block::List(row.missing.iter().map(prose).collect()));
    }
    if !row.supported_by.is_empty() {
        blocks.push(Block::Paragraph(prose("Supported by, which proves nothing:")));
        blocks.push(Block::List(row.supported_by.iter().map(reference).collect()));
    }
    blocks
}

fn of_part(part: &Part) -> Vec<Block> {
    let proof = &part.outcome.evidence;
    let status = Span::Status(part.status(), part.status().name().into());
    let why = match (&part.outcome.verdict, &part.offline) {
        (Verdict::Held, None) => String::new(),
        (Verdict::Held, Some(why)) => format!(" (offline: {why})"),
        (Verdict::NotRun { why }, _) => format!(" (not run: {why})"),
        (Verdict::Failed { why }, _) => format!(" ({why})"),
    };
    let about = prose(format!(": {}{why}", part.shows));
    let mut ran = [vec![status], about, vec![Span::Break, code(&proof.ran)]].concat();
    let at = proof.at.map(|at| format!("at {at}"));
    let took = proof.took_seconds.map(|took| format!("{took:.3} s"));
    let tests = proof.tests.map(|tally| format!("{} passed, {} failed", tally.passed, tally.failed));
    let details: Vec<String> = at.into_iter().chain(took).chain(tests).collect();
    if !details.is_empty() {
        ran.push(text(format!(" {}", details.join(", "))));
    }
    let said = (!proof.said.is_empty()).then(|| Block::Output(proof.said.clone()));
    [Block::Paragraph(ran)].into_iter().chain(said).collect()
}

fn reference(reference: &Reference) -> Line {
    let state = match reference.is_there {
        Some(false) => " (is not there)",
        Some(true) | None => "",
    };
    vec![code(&reference.name), text(state)]
}
