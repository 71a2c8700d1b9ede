//! Chance, in whole numbers only: the same seed writes the same bytes on every machine and with every libm.

/// The generator known as `SplitMix64`.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number in `0..n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        // The high half of a product; taking the remainder would favour small numbers.
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// A whole number in `low..=high`.
    pub(crate) fn between(&mut self, (low, high): (u64, u64)) -> u64 {
        low + self.below(high - low + 1)
    }

    /// One of the choices, each as often as its weight says; `None` when no choice has any.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[(T, u64)]) -> Option<T> {
        let mut drawn = self.below(choices.iter().map(|(_, weight)| weight).sum());
        choices.iter().find_map(|(choice, weight)| match drawn.checked_sub(*weight) {
            Some(rest) => {
                drawn = rest;
                None
            }
            None => Some(*choice),
        })
    }
}
