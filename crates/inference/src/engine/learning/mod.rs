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

/// The largest count that an agent comes to, of what it has learnt or is about to.
///
/// One step adds at most a rate, which is at most 10⁹; to a count past 2⁵⁴ of that, 2·10²⁵, it adds nothing any more. So
/// learning by itself stays below, and a count that was brought to just here stays where it is; only what an episode has put
/// by could lift it, and that [`Lessons::settle`] sees to. No sum of such counts is anywhere near what a number can hold.
pub(super) const MOST_COUNT: f64 = 1e26;
