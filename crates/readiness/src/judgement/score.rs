//! Scores: how much of what is required was shown.

use serde::Serialize;

use super::{Part, Row, Status};

/// Said beside every score.
pub(crate) const HOW: &str = "A requirement counts by the share of its declared parts that were executed and hold; a part \
    that could only be validated offline counts half; nothing counts where any part failed. Critical requirements weigh \
    3, high ones 2, normal ones 1. A score is the weighted mean in percent, rounded down; the overall score is taken over \
    all requirements, not over the categories.";

/// The score of some requirements, and how many of them stand how.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Score {
    pub(crate) name: String,
    /// From 0 to 100; none without requirements.
    pub(crate) percent: Option<u32>,
    /// In the order of [`Status::ALL`].
    pub(crate) counts: [usize; 4],
}

/// The overall score, and below it one per category.
pub(crate) fn scores(rows: &[Row]) -> Vec<Score> {
    let all = rows.iter().collect::<Vec<_>>();
    let of_category = |category: super::Category| {
        let own: Vec<&Row> = rows.iter().filter(|row| row.category == category).collect();
        score(category.name(), &own)
    };
    [score("Overall", &all)].into_iter().chain(super::Category::ALL.map(of_category)).collect()
}

fn score(name: &str, rows: &[&Row]) -> Score {
    let weight: f64 = rows.iter().map(|row| row.priority.weight()).sum();
    let earned: f64 = rows.iter().map(|row| row.priority.weight() * share(row)).sum();
    let percent = (weight > 0.0).then(|| (earned / weight * 100.0 + 1e-9).floor() as u32);
    let counts = Status::ALL.map(|status| rows.iter().filter(|row| row.status == status).count());
    Score { name: name.into(), percent, counts }
}

/// How much of a requirement was shown, from 0 to 1.
fn share(row: &Row) -> f64 {
    let worth = |part: &Part| match part.status() {
        Status::Proved => 1.0,
        Status::ValidatedOffline => 0.5,
        Status::NotProved | Status::Failed => 0.0,
    };
    if row.status == Status::Failed || row.parts_declared == 0 {
        return 0.0;
    }
    let declared = row.parts_declared as f64;
    row.parts.iter().map(worth).sum::<f64>() / declared
}
