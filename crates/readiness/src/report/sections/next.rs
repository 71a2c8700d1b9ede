//! What is not proved, what to do about it, and what people have to sign.

use super::{failures, heading};
use crate::judgement::{Row, Status};
use crate::profile::Priority;
use crate::report::document::{Block, Line, Span, prose, text};
use crate::report::{Report, Signature};

pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let mut blocks = vec![heading(2, "Not proved")];
    blocks.extend(open(report));
    blocks.push(heading(2, "Recommendations"));
    blocks.extend(recommendations(report));
    blocks.push(heading(2, "Sign-off"));
    blocks.push(Block::Paragraph(prose(
        "To be ticked and signed by people, for this version and this commit, after reading the evidence.",
    )));
    blocks.extend(report.sign_off.iter().flat_map(signature));
    blocks.push(heading(2, "Next review"));
    blocks.push(Block::Paragraph(prose(format!(
        "By {}, and whenever something above changes.",
        report.subject.next_review
    ))));
    blocks
}

fn open(report: &Report) -> Vec<Block> {
    let of = |status: Status| report.requirements.iter().filter(move |row| row.status == status);
    let failed: Vec<Line> = of(Status::Failed).flat_map(failures).map(prose).collect();
    let (partly, nothing): (Vec<&Row>, Vec<&Row>) = of(Status::NotProved).partition(|row| row.parts_held > 0);
    let listed = [
        ("Nothing of it shown: ", nothing),
        ("Partly shown: ", partly),
        ("Validated offline only: ", of(Status::ValidatedOffline).collect()),
    ];
    let listed = listed.into_iter().filter(|(_, rows)| !rows.is_empty());
    let lists: Vec<Line> =
        listed.map(|(name, rows)| [prose(name), links(rows.iter().map(|row| row.id.as_str()))].concat()).collect();
    let titled = [("Executed, and does not hold:", failed), ("Not shown, or not on the real thing:", lists)];
    let titled = titled.into_iter().filter(|(_, items)| !items.is_empty());
    let blocks: Vec<Block> =
        titled.flat_map(|(title, items)| [Block::Paragraph(prose(title)), Block::List(items)]).collect();
    if blocks.is_empty() { vec![Block::Paragraph(prose("Everything is proved."))] } else { blocks }
}

fn links<'r>(ids: impl Iterator<Item = &'r str>) -> Line {
    let link = |(at, id): (usize, &str)| [(at > 0).then(|| text(", ")), Some(Span::Link(id.into()))];
    ids.enumerate().flat_map(link).flatten().collect()
}

fn recommendations(report: &Report) -> Vec<Block> {
    let of = |priority: Priority| {
        let items = items(report, priority);
        let name = match priority {
            Priority::Critical => "Critical: before production",
            Priority::High => "High: soon",
            Priority::Normal => "Normal: when there is time",
        };
        (!items.is_empty()).then(|| [heading(3, name), Block::List(items)])
    };
    let blocks: Vec<Block> = Priority::ALL.into_iter().filter_map(of).flatten().collect();
    if blocks.is_empty() { vec![Block::Paragraph(prose("None."))] } else { blocks }
}

/// What has to be done for several requirements is said once.
fn items(report: &Report, priority: Priority) -> Vec<Line> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for advice in report.recommendations.iter().filter(|advice| advice.priority == priority) {
        match groups.iter_mut().find(|(what, _)| *what == advice.what) {
            Some((_, ids)) if ids.contains(&advice.id.as_str()) => {}
            Some((_, ids)) => ids.push(&advice.id),
            None => groups.push((&advice.what, vec![&advice.id])),
        }
    }
    groups.into_iter().map(|(what, ids)| [links(ids.into_iter()), prose(format!(": {what}"))].concat()).collect()
}

fn signature(signature: &Signature) -> Vec<Block> {
    vec![
        heading(3, &format!("Sign-off: {}", signature.role)),
        Block::Checklist(signature.items.iter().map(prose).collect()),
        Block::Paragraph(prose("Name ……………………  Date ……………………  Signature ……………………")),
    ]
}
