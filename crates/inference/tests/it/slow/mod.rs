//! The mathematics as the book has it: every sum over every joint state, nothing shared, nothing clever.
//!
//! Written from the formulas alone, so that it can judge the engine. Sums run over whole joint states even where
//! a table looks at few factors, and every policy is rolled out on its own.

mod agent;
mod beliefs;
mod ledger;
mod plans;
mod search;
mod spm;
mod tables;

pub(crate) use agent::{SlowAgent, SlowDecision};
pub(crate) use beliefs::{Seen, fixed_point, free_energy, ln_plus, softmax};
pub(crate) use ledger::{Ledger, Lived};
pub(crate) use plans::{SlowSplit, policies, predict, worth};
pub(crate) use search::{Looked, Pruned, SlowSearch};
pub(crate) use spm::SpmWindow;
pub(crate) use tables::{combinations, entry, joint_states, sizes};
