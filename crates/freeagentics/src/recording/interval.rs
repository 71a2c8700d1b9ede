//! A mean and how sure one can be of it.

/// The mean of some numbers with the half-width of its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub(crate) struct Interval {
    /// The mean.
    pub(crate) mean: f64,
    /// Half the width of the 95 % interval (Student's t).
    pub(crate) half_width: f64,
}

impl Interval {
    /// `None` for fewer than two numbers, which say nothing about their spread.
    pub(crate) fn of(numbers: &[f64]) -> Option<Self> {
        if numbers.len() < 2 {
            return None;
        }
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let variance = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
        Some(Self { mean, half_width: student(n - 1.0) * (variance / n).sqrt() })
    }
}

/// The 97.5 % quantile of Student's t: Cornish and Fisher's expansion around the normal quantile, right to 0.2 % from
/// five degrees of freedom up.
fn student(freedom: f64) -> f64 {
    const Z: f64 = 1.959_963_985;
    let (z3, z5, z7) = (Z * Z * Z, Z * Z * Z * Z * Z, Z * Z * Z * Z * Z * Z * Z);
    let first = (z3 + Z) / 4.0;
    let second = (5.0 * z5 + 16.0 * z3 + 3.0 * Z) / 96.0;
    let third = (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * Z) / 384.0;
    Z + first / freedom + second / (freedom * freedom) + third / (freedom * freedom * freedom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_is_that_of_the_tables() {
        for (freedom, table) in [(5.0, 2.571), (9.0, 2.262), (29.0, 2.045), (199.0, 1.972)] {
            assert!((student(freedom) - table).abs() < 0.005, "{freedom}: {}", student(freedom));
        }
    }

    #[test]
    fn numbers_that_do_not_differ_leave_no_doubt() {
        assert_eq!(Interval::of(&[2.0, 2.0, 2.0]), Some(Interval { mean: 2.0, half_width: 0.0 }));
        assert_eq!(Interval::of(&[2.0]), None);
    }
}
