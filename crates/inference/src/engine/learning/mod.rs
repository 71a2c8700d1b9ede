//! Learning: Dirichlet counts, what they make of the tables, and what a step adds to them.
//!
//! The canonical count is the model's prior plus a delta that belongs to the agent; deltas are added up in the order of
//! the steps, so that a replay comes to the same bits. A table of a learning agent is its counts, each divided by the sum
//! of its column in the order of the outcomes. What has no prior count stays zero.

mod account;
mod counting;
mod kept;
mod learnt;
mod lesson;

pub(super) use counting::Seen;
pub(super) use kept::{decode, encode, put, take};
pub(super) use learnt::Learnt;
pub(super) use lesson::{Lesson, Lessons};
