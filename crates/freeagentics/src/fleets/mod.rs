//! Fleets: many agents at once, found by their labels; and agents on their way from one server to another.
//!
//! One endpoint per file. A [`line`] is how a model or an agent is written down for the way; [`manifest`] reads such lines
//! and says everything that is wrong with them.

pub(crate) mod export;
pub(crate) mod import;
mod importing;
mod line;
mod manifest;
pub(crate) mod reset;
pub(crate) mod select;
pub(crate) mod step;

pub(crate) use importing::Importing;
