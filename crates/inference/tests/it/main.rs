//! What a user of the crate would miss if it broke.
//!
//! - `vectors`: equal to the reference implementation's recorded runs and functions.
//! - `slow`: the same mathematics written out by enumeration; `properties` holds the engine against it on
//!   thousands of random models, and to what must hold without any reference.
//! - `known`: numbers from textbooks.
//! - `golden`: results that may not change without a new numerics version.
//! - `allocation`: a step after warm-up allocates nothing.
//! - `document`: models as people write them.
//! - `fuzz`: mangled documents and agents that are told anything.
#![cfg(test)]

mod agent;
mod allocation;
#[path = "../../benches/steps/models/mod.rs"]
mod bench_models;
mod benchmark_models;
mod differences;
mod document;
mod fuzz;
mod golden;
mod known;
mod properties;
mod sampled;
mod slow;
mod vectors;
