//! Tables: likelihoods and transitions in all their forms, dense, by name, by case, and in a word.

mod cases;
mod columns;
mod dense;
mod dependencies;
mod distribution;
mod entry;
mod flat;
mod frame;
mod layout;
mod loose;
mod permuted;
mod word;

pub(super) use dependencies::{Dependency, dependencies};
pub(super) use distribution::{distribution, report_sum};
pub(super) use entry::{likelihoods, transitions};
pub(super) use frame::{Frame, Pick, Region};
