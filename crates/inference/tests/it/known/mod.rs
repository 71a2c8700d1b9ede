//! Numbers that people in the field know by heart.

mod asia;
mod bandit;
mod tiger;
mod tmaze;

/// `−Σ p ln p` of a coin, written out here so that the engine's own entropy is not its judge.
#[expect(clippy::disallowed_methods, reason = "the judge of the engine's logarithm may not be that logarithm")]
fn coin_entropy(p: f64) -> f64 {
    -(p * p.ln() + (1.0 - p) * (1.0 - p).ln())
}
