//! A fleet of T-maze agents, and the mazes that they are in, so that what each sees follows from what it did.

mod fleet;
mod pattern;
mod steps;
mod worlds;

pub(crate) use fleet::create;
pub(crate) use pattern::Pattern;
pub(crate) use steps::{Asking, Steps};
pub(crate) use worlds::Worlds;

/// The model's document, as it ships.
pub(crate) const MODEL: &str = include_str!("../../../../models/tmaze.yaml");

/// The name of an agent.
pub(crate) fn name(agent: u32) -> String {
    format!("maze-{agent:07}")
}
