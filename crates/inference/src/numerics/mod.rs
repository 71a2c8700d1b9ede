//! The numerics contract: a result is a number that can be computed again.
//!
//! [`VERSION`] fixes everything that decides the bits of a result: the polynomials of [`exp`], [`ln`] and
//! [`digamma`], the order of every reduction (the lane tree of [`Kernels`]), [`EPS`], [`DUST`], the random
//! generator and its mapping to `f64`, and how ties break. Nothing is fused, and every operation used is one
//! that IEEE 754 rounds exactly, so scalar and vector code agree to the last bit on every machine.
//!
//! A change that moves a golden digest needs a new `VERSION`.

mod digest;
mod kernels;
mod lanes;
mod random;
mod self_check;
mod special;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use digest::{Digest, Hasher};
pub use kernels::Kernels;
pub(crate) use kernels::{ByOutcome, ByState, Columns, ColumnsMut, LANES, Leg, Rounds, TOGETHER, Worth, padded};
pub use random::Random;
pub use self_check::self_check;
pub use special::{digamma, exp, ln, ln_floor};

/// The version of the contract; part of every decision's digest.
pub const VERSION: u32 = 1;

/// The floor under every probability before its logarithm is taken: 2⁻⁵².
pub const EPS: f64 = f64::EPSILON;

/// Beliefs below this fraction of the largest are set to exactly zero: 2⁻⁴⁸.
///
/// They say next to nothing: the next logarithm lifts them to about [`EPS`] whatever they are, so the odds can differ
/// (by a factor of at most 16) only when everything that was believed is then ruled out. Keeping them would turn every
/// certain belief into a dense one.
pub const DUST: f64 = 3.552_713_678_800_501e-15;
