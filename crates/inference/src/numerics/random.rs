//! A counter-based random generator: any draw can be made again alone.

/// Philox 4×32-10 (Salmon et al. 2011), keyed by a seed, counted by (step, stream, draw).
#[derive(Clone, Debug)]
pub struct Random {
    key: [u32; 2],
    step: u64,
    stream: u32,
    draw: u32,
}

impl Random {
    /// The generator of one agent (`seed`) at one `step`, for one purpose (`stream`).
    pub fn new(seed: u64, step: u64, stream: u32) -> Self {
        Self { key: [low(seed), high(seed)], step, stream, draw: 0 }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, _, _] = philox([low(self.step), high(self.step), self.stream, self.draw], self.key);
        self.draw = self.draw.wrapping_add(1);
        u64::from(a) | (u64::from(b) << 32)
    }

    /// The next number in [0, 1): the top 53 bits times 2⁻⁵³.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
    pub fn uniform(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / 9_007_199_254_740_992.0;
        (self.bits() >> 11) as f64 * SCALE
    }

    /// The next draw from a distribution: the first index whose running sum exceeds a uniform number.
    pub fn index(&mut self, distribution: &[f64]) -> usize {
        let threshold = self.uniform();
        let mut sum = 0.0;
        let mut last_possible = 0;
        for (index, p) in distribution.iter().enumerate() {
            sum += p;
            if sum > threshold {
                return index;
            }
            if *p > 0.0 {
                last_possible = index;
            }
        }
        last_possible
    }
}

fn low(x: u64) -> u32 {
    (x & 0xFFFF_FFFF) as u32
}

fn high(x: u64) -> u32 {
    (x >> 32) as u32
}

fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let ([mut a, mut b, mut c, mut d], [mut k, mut l]) = (counter, key);
    for _ in 0..10 {
        let p = u64::from(a) * 0xD251_1F53;
        let q = u64::from(c) * 0xCD9E_8D57;
        (a, b, c, d) = (high(q) ^ b ^ k, low(q), high(p) ^ d ^ l, low(p));
        k = k.wrapping_add(0x9E37_79B9);
        l = l.wrapping_add(0xBB67_AE85);
    }
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::{Random, philox};

    #[test]
    fn philox_gives_its_published_answers() {
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]);
        assert_eq!(philox([u32::MAX; 4], [u32::MAX; 2]), [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]);
    }

    #[test]
    fn a_draw_never_lands_on_an_impossible_index() {
        let mut random = Random::new(7, 1, 0);
        for _ in 0..10_000 {
            assert!([1, 3].contains(&random.index(&[0.0, 0.4, 0.0, 0.6 - 1e-12, 0.0])));
        }
    }
}
