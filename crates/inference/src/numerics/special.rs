//! Portable elementary functions.
//!
//! The polynomials were fitted at the Chebyshev nodes of their range with 60 digits and rounded to `f64`; the
//! truncation errors stated are the largest over 2,001 points.

use super::EPS;
use super::lanes::{Lanes, One};

pub(super) const LOG2_E: f64 = std::f64::consts::LOG2_E;
/// ln 2 in two pieces; the first has 32 bits, so its product with an exponent is exact.
pub(super) const LN2_HIGH: f64 = 0.693_147_180_369_123_8;
pub(super) const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// 1.5 · 2⁵²: adding it rounds to the nearest integer and leaves that integer in the low bits.
pub(super) const ROUND: f64 = 6_755_399_441_055_744.0;
/// Below this, `exp` is zero.
pub(super) const EXP_LOW: f64 = -708.0;

/// (eʳ − 1 − r) / r² on |r| ≤ ln 2 / 2; relative error of eʳ 1.6e-17.
pub(super) const EXP_POLY: [f64; 10] = [
    0.500_000_000_000_000_1,
    0.166_666_666_666_666_69,
    0.041_666_666_666_624_13,
    0.008_333_333_333_330_062,
    0.001_388_888_891_721_371_7,
    0.000_198_412_698_630_536_18,
    2.480_152_129_595_437_6e-5,
    2.755_726_845_999_706_4e-6,
    2.762_008_844_540_974_6e-7,
    2.510_038_549_551_032e-8,
];

/// (ln((1+s)/(1−s)) − 2s) / s³ as a polynomial in s², for arguments between √½ and √2; relative error 4.6e-18.
pub(super) const LN_POLY: [f64; 7] = [
    0.666_666_666_666_667,
    0.399_999_999_998_994_44,
    0.285_714_286_260_032_7,
    0.222_222_111_302_598_78,
    0.181_828_894_556_749_47,
    0.153_317_106_182_107_73,
    0.146_165_854_248_886_23,
];

/// eˣ with an error below 2 units in the last place; 0 below −708, infinity above 709.
pub fn exp(x: f64) -> f64 {
    if x > 709.0 {
        return if x.is_nan() { x } else { f64::INFINITY };
    }
    if x.is_nan() { x } else { exp_lanes(One(x)).0 }
}

/// Natural logarithm with an error below 2 units in the last place.
pub fn ln(x: f64) -> f64 {
    if x == 0.0 {
        f64::NEG_INFINITY
    } else if x.is_nan() || x < 0.0 {
        f64::NAN
    } else if x.is_infinite() {
        x
    } else if x < f64::MIN_POSITIVE {
        const SCALE: f64 = 18_014_398_509_481_984.0; // 2⁵⁴ lifts a subnormal number into the normal range
        ln_lanes(One(x * SCALE)).0 - 54.0 * std::f64::consts::LN_2
    } else {
        ln_lanes(One(x)).0
    }
}

/// `ln⁺ x = ln(max(x, EPS))`.
pub fn ln_floor(x: f64) -> f64 {
    ln_lanes(One(if x > EPS { x } else { EPS })).0
}

/// ψ(x), the derivative of ln Γ, for x > 0; NaN elsewhere. Absolute error below 1e-14 for x ≥ 0.1, relative below it.
///
/// Recurrence up to 10, then the asymptotic series (Abramowitz and Stegun 6.3.5, 6.3.18).
pub fn digamma(x: f64) -> f64 {
    /// B₂ₖ / 2k
    const SERIES: [f64; 7] = [
        0.083_333_333_333_333_33,
        -0.008_333_333_333_333_333,
        0.003_968_253_968_253_968,
        -0.004_166_666_666_666_667,
        0.007_575_757_575_757_576,
        -0.021_092_796_092_796_094,
        0.083_333_333_333_333_33,
    ];
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut x, mut shift) = (x, 0.0);
    while x < 10.0 {
        shift += 1.0 / x;
        x += 1.0;
    }
    let inverse_square = 1.0 / (x * x);
    let series = SERIES.iter().rev().fold(0.0, |sum, c| (sum + c) * inverse_square);
    ln(x) - 0.5 / x - series - shift
}

/// a + b·x
#[inline(always)]
fn line<L: Lanes>(a: f64, b: f64, x: L) -> L {
    L::splat(a).add(L::splat(b).mul(x))
}

/// eˣ for x ≤ 709 in every lane.
#[inline(always)]
pub(super) fn exp_lanes<L: Lanes>(x: L) -> L {
    let clamped = x.max(L::splat(EXP_LOW));
    let shifted = clamped.mul(L::splat(LOG2_E)).add(L::splat(ROUND));
    let n = shifted.sub(L::splat(ROUND));
    let r = clamped.sub(n.mul(L::splat(LN2_HIGH))).sub(n.mul(L::splat(LN2_LOW)));
    let [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9] = EXP_POLY;
    let z = r.mul(r);
    let z2 = z.mul(z);
    let low = line(c0, c1, r).add(z.mul(line(c2, c3, r)));
    let high = line(c4, c5, r).add(z.mul(line(c6, c7, r)));
    let top = z2.mul(z2).mul(line(c8, c9, r));
    let q = low.add(z2.mul(high)).add(top);
    let p = L::splat(1.0).add(r.add(z.mul(q)));
    // The low bits of `shifted` are the integer n: moved to the exponent field they multiply by 2ⁿ.
    let scaled = p.add_bits(shifted.shift_left_52());
    x.select_less(L::splat(EXP_LOW), L::splat(0.0), scaled)
}

/// ln x in every lane, for normal positive x.
#[inline(always)]
pub(super) fn ln_lanes<L: Lanes>(x: L) -> L {
    /// 2⁵² as bits: or-ed onto a small integer it makes the float 2⁵² + integer.
    const TWO_52: u64 = 0x4330_0000_0000_0000;
    /// The bits of √½, less 1024 in the exponent field so that the shifted exponent is never negative.
    const OFFSET: u64 = 0x3FE6_A09E_667F_3BCD_u64.wrapping_sub(1024 << 52);
    let biased = x.sub_bits(L::splat_bits(OFFSET)).shift_right_52();
    let k = biased.or_bits(L::splat_bits(TWO_52)).sub(L::splat(4_503_599_627_370_496.0 + 1024.0));
    let m = x.sub_bits(biased.sub_bits(L::splat_bits(1024)).shift_left_52());
    let f = m.sub(L::splat(1.0));
    let s = f.div(L::splat(2.0).add(f));
    let z = s.mul(s);
    let z2 = z.mul(z);
    let [c0, c1, c2, c3, c4, c5, c6] = LN_POLY;
    let low = line(c0, c1, z);
    let middle = line(c2, c3, z);
    let high = line(c4, c5, z).add(z2.mul(L::splat(c6)));
    let r = z.mul(low.add(z2.mul(middle)).add(z2.mul(z2).mul(high)));
    // ln(1+f) = f − (f²/2 − s·(f²/2 + r)): the large term f stays exact.
    let half_square = L::splat(0.5).mul(f).mul(f);
    let tail = s.mul(half_square.add(r)).add(k.mul(L::splat(LN2_LOW)));
    k.mul(L::splat(LN2_HIGH)).sub(half_square.sub(tail).sub(f))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the platform's functions are the yardstick here")]
    use super::{EPS, digamma, exp, ln, ln_floor};

    fn ulps(ours: f64, theirs: f64) -> f64 {
        ((ours - theirs) / (theirs.abs() * EPS)).abs()
    }

    #[test]
    fn exp_and_ln_stay_within_two_units_in_the_last_place() {
        for i in 0..200_000 {
            let x = -700.0 + f64::from(i) * 0.007_03;
            assert!(ulps(exp(x), x.exp()) <= 2.0, "exp({x})");
            let y = x.exp() * (1.0 + f64::from(i) * 1e-6);
            assert!((ln(y) - y.ln()).abs() <= 2.0 * EPS * y.ln().abs().max(1e-300), "ln({y})");
        }
    }

    #[test]
    fn the_edges_are_what_mathematics_says() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(-709.0), 0.0);
        assert_eq!(exp(f64::NEG_INFINITY), 0.0);
        assert_eq!(exp(710.0), f64::INFINITY);
        assert_eq!(ln(1.0), 0.0);
        assert_eq!(ln(0.0), f64::NEG_INFINITY);
        assert!((ln(5e-324) + 744.440_071_921_381_2).abs() < 1e-9);
        assert!(ln(-1.0).is_nan() && ln(f64::NAN).is_nan() && exp(f64::NAN).is_nan());
        assert_eq!(ln_floor(0.0), ln(EPS));
    }

    #[test]
    fn digamma_has_its_known_values() {
        const EULER: f64 = 0.577_215_664_901_532_9;
        assert!((digamma(1.0) + EULER).abs() < 1e-14);
        assert!((digamma(0.5) + EULER + 2.0 * std::f64::consts::LN_2).abs() < 1e-14);
        assert!((digamma(10.0) - 2.251_752_589_066_721).abs() < 1e-14);
        assert!((digamma(1e-3) + 1_000.575_571_931_810_3).abs() < 1e-9);
        assert!(digamma(0.0).is_nan() && digamma(-1.0).is_nan());
    }
}
