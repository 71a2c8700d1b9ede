//! Eight `f64` at once, in the few operations the kernels are made of.

/// A bundle of independent `f64`; every operation acts lane by lane and rounds as IEEE 754 says.
pub(super) trait Lanes: Copy {
    fn splat(x: f64) -> Self;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn div(self, other: Self) -> Self;
    /// `self` where it is greater, otherwise `other`.
    fn max(self, other: Self) -> Self;
    /// `yes` where `self < bound`, otherwise `no`.
    fn select_less(self, bound: Self, yes: Self, no: Self) -> Self;
    /// Integer operations on the bits of each lane.
    fn splat_bits(bits: u64) -> Self;
    fn add_bits(self, other: Self) -> Self;
    fn sub_bits(self, other: Self) -> Self;
    fn or_bits(self, other: Self) -> Self;
    fn shift_left_52(self) -> Self;
    fn shift_right_52(self) -> Self;
}

/// Lanes that come eight at a time from memory.
pub(super) trait Eight: Lanes {
    fn load(x: &[f64; 8]) -> Self;
    fn store(self, out: &mut [f64; 8]);
    fn to_array(self) -> [f64; 8];

    /// The lane tree: (0+4) (1+5) (2+6) (3+7), then pairs of those, then the rest.
    #[inline(always)]
    fn sum(self) -> f64 {
        let [a, b, c, d, e, f, g, h] = self.to_array();
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }

    /// The largest of the lanes.
    #[inline(always)]
    fn largest(self) -> f64 {
        let greater = |a: f64, b: f64| if a > b { a } else { b };
        let [a, b, c, d, e, f, g, h] = self.to_array();
        greater(greater(greater(a, e), greater(c, g)), greater(greater(b, f), greater(d, h)))
    }
}

/// One number: for scalar functions that share their formula with the vector ones.
#[derive(Clone, Copy)]
pub(super) struct One(pub(super) f64);

/// Eight numbers in plain code: the fallback, and the yardstick for the vector versions.
#[derive(Clone, Copy)]
pub(super) struct Plain([f64; 8]);

macro_rules! plain_lanes {
    ($name:ty, |$x:ident| $each:expr, $zip:expr) => {
        impl Lanes for $name {
            #[inline(always)]
            fn splat($x: f64) -> Self {
                $each
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                $zip(self, other, |a: f64, b: f64| a + b)
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                $zip(self, other, |a: f64, b: f64| a - b)
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                $zip(self, other, |a: f64, b: f64| a * b)
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                $zip(self, other, |a: f64, b: f64| a / b)
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                $zip(self, other, |a: f64, b: f64| if a > b { a } else { b })
            }
            #[inline(always)]
            fn select_less(self, bound: Self, yes: Self, no: Self) -> Self {
                let mask = $zip(self, bound, |a: f64, b: f64| f64::from_bits(if a < b { u64::MAX } else { 0 }));
                let yes = $zip(mask, yes, |m: f64, y: f64| f64::from_bits(m.to_bits() & y.to_bits()));
                let no = $zip(mask, no, |m: f64, n: f64| f64::from_bits(!m.to_bits() & n.to_bits()));
                yes.or_bits(no)
            }
            #[inline(always)]
            fn splat_bits(bits: u64) -> Self {
                Self::splat(f64::from_bits(bits))
            }
            #[inline(always)]
            fn add_bits(self, other: Self) -> Self {
                $zip(self, other, |a: f64, b: f64| f64::from_bits(a.to_bits().wrapping_add(b.to_bits())))
            }
            #[inline(always)]
            fn sub_bits(self, other: Self) -> Self {
                $zip(self, other, |a: f64, b: f64| f64::from_bits(a.to_bits().wrapping_sub(b.to_bits())))
            }
            #[inline(always)]
            fn or_bits(self, other: Self) -> Self {
                $zip(self, other, |a: f64, b: f64| f64::from_bits(a.to_bits() | b.to_bits()))
            }
            #[inline(always)]
            fn shift_left_52(self) -> Self {
                $zip(self, self, |a: f64, _| f64::from_bits(a.to_bits() << 52))
            }
            #[inline(always)]
            fn shift_right_52(self) -> Self {
                $zip(self, self, |a: f64, _| f64::from_bits(a.to_bits() >> 52))
            }
        }
    };
}

plain_lanes!(One, |x| One(x), |a: One, b: One, f: fn(f64, f64) -> f64| One(f(a.0, b.0)));
plain_lanes!(Plain, |x| Plain([x; 8]), |a: Plain, b: Plain, f: fn(f64, f64) -> f64| {
    let ([a, b, c, d, e, g, h, i], [j, k, l, m, n, o, p, q]) = (a.0, b.0);
    Plain([f(a, j), f(b, k), f(c, l), f(d, m), f(e, n), f(g, o), f(h, p), f(i, q)])
});

impl Eight for Plain {
    #[inline(always)]
    fn load(x: &[f64; 8]) -> Self {
        Self(*x)
    }
    #[inline(always)]
    fn store(self, out: &mut [f64; 8]) {
        *out = self.0;
    }
    #[inline(always)]
    fn to_array(self) -> [f64; 8] {
        self.0
    }
}
