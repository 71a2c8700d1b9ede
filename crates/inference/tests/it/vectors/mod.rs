//! Equal to the reference vectors: runs and functions recorded from pymdp 1.0.4 (JAX, float64).
//!
//! Every test prints the largest absolute difference per quantity (`--no-capture` shows them) and fails above
//! [`TOLERANCE`].

mod functions;
mod learning;
mod recording;
mod runs;
mod sampling;
mod search;
mod spm;
mod windows;

const TOLERANCE: f64 = 1e-9;
