//! Whole numbers that every reader of JSON keeps.

use serde::Deserialize;

/// A whole number from `LEAST` to 2^53 - 1: many readers of JSON round larger ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u64")]
pub struct Whole<const LEAST: u64 = 0>(u64);

const MOST: u64 = (1 << 53) - 1;

impl<const LEAST: u64> Whole<LEAST> {
    /// As the language has it.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// As a signed number, which it always fits.
    pub const fn signed(self) -> i64 {
        self.0.cast_signed()
    }
}

impl<const LEAST: u64> TryFrom<u64> for Whole<LEAST> {
    type Error = String;

    fn try_from(number: u64) -> Result<Self, String> {
        let fits = (LEAST..=MOST).contains(&number);
        fits.then_some(Self(number)).ok_or_else(|| format!("{number} is not within {LEAST} and {MOST}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_a_reader_would_round_is_refused() {
        assert_eq!(Whole::<1>::try_from(MOST).map(Whole::signed), Ok(MOST.cast_signed()));
        assert!(Whole::<1>::try_from(0).is_err() && Whole::<0>::try_from(MOST + 1).is_err());
    }
}
