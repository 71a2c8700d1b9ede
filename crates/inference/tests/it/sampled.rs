//! Whether counts fit probabilities.

/// Pearson's chi-square with a bound that a right sampler exceeds once in about a million tries; the seeds are
/// fixed, so it either always passes or never.
pub(crate) fn come_as_often_as(expected: &[f64], counts: &[u64]) {
    let total: u64 = counts.iter().sum();
    let mut statistic = 0.0;
    for (&probability, &count) in expected.iter().zip(counts) {
        let wanted = probability * total as f64;
        if probability < 1e-12 {
            assert_eq!(count, 0, "what has probability {probability} was drawn");
        } else {
            statistic += (count as f64 - wanted) * (count as f64 - wanted) / wanted;
        }
    }
    let freedom = expected.len() as f64 - 1.0;
    let bound = freedom + 5.0 * (2.0 * freedom).sqrt() + 12.0;
    println!("chi-square {statistic:.2}, at most {bound:.1}: {counts:?} of {total}");
    assert!(statistic < bound, "{counts:?} does not fit {expected:?}: chi-square {statistic}");
}
