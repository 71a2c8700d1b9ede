//! The whole log, decided again: proof that it is whole, and that this program decides as the one that wrote it.
//!
//! [`verify`] walks the log in its order and holds every event against what went before it: links, numbers, the chain of
//! commitments, and for steps the decision itself, computed again and compared bit for bit.

mod finding;
#[cfg(test)]
mod story;
mod track;
mod verify;

pub(crate) use finding::{Fault, Finding, Report};
pub(crate) use verify::verify;
