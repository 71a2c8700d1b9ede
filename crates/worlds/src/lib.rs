//! Worlds for agents to act in.
//!
//! - [`World`]: what a world is: it begins, shows something, and goes on after an action.
//! - [`Modelled`]: a world that is just as a model says, the agent's own or another.
//! - [`Grid`]: a map with walls, goals and slippery ground.
//! - [`named`]: worlds that are known by name: T-maze, tiger, bandit, a watched service.
//! - [`Fit`]: whether an agent's model speaks of the things that a world has.
//! - [`Team`]: many agents of one engine, stepped on several threads.
//! - [`simulate`]: many agents, each in a world of its own; same seeds, same result, on any number of threads.
//!
//! Nothing here does I/O, reads a clock, or draws ambient randomness.
#![deny(missing_docs)]

mod fit;
mod grid;
mod modelled;
mod named;
mod simulation;
mod team;
mod world;

pub use fit::{Fit, Mismatch};
pub use grid::{Grid, MapError};
pub use modelled::Modelled;
pub use named::{NAMES, named};
pub use simulation::{Life, Result, Settings, simulate};
pub use team::Team;
pub use world::{Moment, Shape, World};
