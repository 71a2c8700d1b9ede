//! What to do next, the most important first.

use serde::Serialize;

use super::{Row, Status};
use crate::profile::Priority;
use crate::proofs::Verdict;

/// Something to do about a requirement.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Advice {
    pub(crate) priority: Priority,
    pub(crate) id: String,
    pub(crate) what: String,
}

/// Within a priority what failed comes first, then what needs only to be run.
pub(crate) fn advice(rows: &[Row]) -> Vec<Advice> {
    let mut all: Vec<(Priority, u8, Advice)> = rows.iter().flat_map(of_row).collect();
    all.sort_by_key(|(priority, urgency, _)| (*priority, *urgency));
    all.into_iter().map(|(_, _, advice)| advice).collect()
}

fn of_row(row: &Row) -> Vec<(Priority, u8, Advice)> {
    let advise = |urgency: u8, what: String| {
        (row.priority, urgency, Advice { priority: row.priority, id: row.id.clone(), what })
    };
    let parts = row.parts.iter().filter_map(|part| match &part.outcome.verdict {
        Verdict::Held => None,
        Verdict::Failed { why } => Some(advise(0, format!("mend: {} ({why})", part.shows))),
        Verdict::NotRun { why } => Some(advise(1, format!("run what was not run: {why}"))),
    });
    let offline = (row.status == Status::ValidatedOffline).then(|| advise(3, "prove it on the real thing".into()));
    let missing = (!row.missing.is_empty()).then(|| advise(2, format!("build and prove {}", row.missing.join("; "))));
    parts.chain(missing).chain(offline).collect()
}
