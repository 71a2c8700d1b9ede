//! Percentiles of how long answers took: of requests that one client sends one after the other, so of an idle service.

use std::time::Duration;

use crate::profile::Limit;
use crate::proofs::Figure;

/// The 50th, 95th and 99th percentile, each with its bound.
pub(super) fn figures(path: &str, mut latencies: Vec<Duration>, bounds: [Option<Limit>; 3]) -> Vec<Figure> {
    latencies.sort_unstable();
    let percentiles = [50, 95, 99].into_iter().zip(bounds);
    let figure = |(percent, bound): (usize, Option<Limit>)| {
        let value = percentile(&latencies, percent)?.as_secs_f64() * 1e3;
        let name = format!("P{percent} of {} requests to {path}, one after the other", latencies.len());
        let at_most = bound.map(|bound| bound.0.as_secs_f64() * 1e3);
        Some(Figure { name, value, unit: "ms".into(), at_least: None, at_most })
    };
    percentiles.filter_map(figure).collect()
}

/// The smallest latency that at least this many percent do not exceed.
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_latencies_that_occurred() {
        let latencies: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        let of = |percent| percentile(&latencies, percent).unwrap().as_millis();
        assert_eq!([of(50), of(95), of(99), of(100)], [100, 190, 198, 200]);
        assert_eq!(percentile(&latencies[..1], 99), Some(Duration::from_millis(1)));
        assert_eq!(percentile(&[], 99), None);
    }
}
