//! Randomness as a parameter, like the clock: secrets from the operating system, in tests from a seed.

mod ids;

pub use ids::{Id, Ids};

use std::sync::atomic::{AtomicU64, Ordering};

/// The operating system gives no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no randomness")]
pub struct Unavailable;

/// Where randomness comes from.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// If there is none; then nothing secret may be made.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable>;
}

/// The operating system's.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        getrandom::fill(bytes).map_err(|_| Unavailable)
    }
}

/// The same bytes again for the same seed: for tests only, for whoever sees a few of them knows them all.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// A sequence of its own per seed.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        for chunk in bytes.chunks_mut(8) {
            let word = mixed(self.0.fetch_add(STRIDE, Ordering::Relaxed)).to_le_bytes();
            chunk.iter_mut().zip(word).for_each(|(byte, random)| *byte = random);
        }
        Ok(())
    }
}

/// What `SplitMix64` adds to its state each time.
const STRIDE: u64 = 0x9E37_79B9_7F4A_7C15;

/// `SplitMix64`'s finaliser: every input has an output of its own.
const fn mixed(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}
