//! From beliefs to a decision.

mod options;

pub use options::{Choice, Impossible, Mode, Options, Policies};
