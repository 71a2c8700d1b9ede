//! What an agent's random choices are drawn from.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// A number of 53 bits, so that every JSON reader keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u64")]
#[schema(value_type = u64, maximum = 9_007_199_254_740_991_u64)]
pub(crate) struct Seed(u64);

/// The largest.
const MOST: u64 = (1 << 53) - 1;

/// A number is too large for a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a seed is at most 9007199254740991")]
pub(crate) struct TooLarge;

impl Seed {
    /// The seed of an agent that was given none: the same for the same id, and for no two alike.
    pub(crate) fn of(name: &str) -> Self {
        let hash = Sha256::new().chain_update("freeagentics seed 1").chain_update(name).finalize();
        Self(hash.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte)) & MOST)
    }

    /// One that was stored, so it was checked.
    pub(crate) const fn stored(seed: u64) -> Self {
        Self(seed & MOST)
    }

    pub(crate) const fn get(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for Seed {
    type Error = TooLarge;

    fn try_from(seed: u64) -> Result<Self, TooLarge> {
        if seed <= MOST { Ok(Self(seed)) } else { Err(TooLarge) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_number_that_every_reader_keeps_and_names_have_their_own() {
        assert_eq!(Seed::try_from(MOST), Ok(Seed(MOST)));
        assert_eq!(Seed::try_from(MOST + 1), Err(TooLarge));
        assert_ne!(Seed::of("a"), Seed::of("b"));
        assert!(["a", "b", "c"].iter().all(|name| Seed::of(name) == Seed::of(name) && Seed::of(name).get() <= MOST));
    }
}
