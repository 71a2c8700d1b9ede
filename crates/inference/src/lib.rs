//! Discrete active inference, from a model to a decision with reasons.
//!
//! - [`document`]: a model as people write it (YAML or JSON), with every error at once.
//! - [`model`]: the same model as names and tables, immutable, named by its digest.
//! - [`engine`]: beliefs, plans, expected free energy, and the choice of an action.
//! - [`numerics`]: the contract that makes a result a number that can be computed again.
//!
//! Nothing here does I/O, reads a clock, or draws ambient randomness.
#![deny(missing_docs)]

pub mod document;
pub mod engine;
pub mod model;
pub mod numerics;
