//! What was examined, and the scores.

use super::{heading, summary};
use crate::judgement::{HOW, Score, Status};
use crate::report::Report;
use crate::report::document::{Block, Line, Span, prose, text};

pub(super) fn blocks(report: &Report) -> Vec<Block> {
    vec![
        Block::Paragraph(prose(
            "Written by a program that executes the proofs of each requirement; not to be edited. What is called proved \
             was executed and holds. A file that merely exists proves nothing.",
        )),
        Block::Table { headings: vec!["Subject", ""], rows: subject(report) },
        heading(2, "Score"),
        Block::Paragraph(vec![Span::Strong(summary(report) + ".")]),
        Block::Table { headings: score_headings(), rows: report.scores.iter().map(score_row).collect() },
        Block::Paragraph(prose(HOW)),
    ]
}

fn subject(report: &Report) -> Vec<Vec<Line>> {
    let subject = &report.subject;
    let minutes = subject.took.as_secs().div_ceil(60);
    let revision = &subject.revision;
    let left_out = (subject.left_out > 0).then(|| {
        vec![
            prose("Left out"),
            prose(format!("{} requirements were not looked at, so this is no whole report", subject.left_out)),
        ]
    });
    let rows = [
        ("Product", format!("{} {}", subject.product, revision.version.as_deref().unwrap_or("(version unknown)"))),
        ("Commit", revision.commit_text()),
        ("Examined", format!("{} (it took {minutes} min)", subject.at)),
        ("Machine", subject.machine.summary()),
        ("Against", subject.against.clone()),
        ("Next review", format!("by {}", subject.next_review)),
    ];
    rows.into_iter().map(|(name, value)| vec![prose(name), prose(value)]).chain(left_out).collect()
}

fn score_headings() -> Vec<&'static str> {
    ["", "Score"].into_iter().chain(Status::ALL.map(Status::name)).collect()
}

fn score_row(score: &Score) -> Vec<Line> {
    let percent = score.percent.map_or_else(|| text("no requirements"), Span::Meter);
    let counts = score.counts.map(|count| prose(count.to_string()));
    [prose(score.name.clone()), vec![percent]].into_iter().chain(counts).collect()
}
