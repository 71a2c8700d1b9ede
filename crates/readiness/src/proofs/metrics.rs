//! `metrics`: names that have to be among the metrics of the running service.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::evidence::seconds;
use super::{Bench, Evidence, Outcome};
use crate::service::{Ask, Endpoint, Unusable};

/// What a profile says of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetricsProof {
    /// The part of the requirement that it shows.
    pub(crate) shows: String,
    /// Each has to have a sample, in the text format of Prometheus.
    pub(crate) names: Vec<String>,
}

impl MetricsProof {
    pub(crate) fn execute(&self, bench: &Bench<'_>) -> Outcome {
        let ran = format!("metrics {}", self.names.join(", "));
        let (endpoint, url) = match bench.service.endpoint().and_then(metrics_url) {
            Ok(ready) => ready,
            Err(unusable) => return unusable.outcome(ran),
        };
        let mut evidence = Evidence { ran, at: Some(bench.clock.now()), ..Evidence::default() };
        let text = match endpoint.client.ask(&Ask::get(url), bench.clock) {
            Err(error) => return Outcome::failed(evidence, bench.redaction.line(&error)),
            Ok(answer) if answer.status != 200 => {
                return Outcome::failed(evidence, format!("the metrics answered {}", answer.status));
            }
            Ok(answer) => {
                evidence.took_seconds = Some(seconds(answer.took));
                answer.body
            }
        };
        let there = samples(&text);
        let missing = self.names.iter().filter(|name| !there.contains(name.as_str()));
        let faults: Vec<String> = missing.map(|name| format!("there is no metric {name}")).collect();
        evidence.said = vec![format!(
            "{} of {} named are among {}",
            self.names.len() - faults.len(),
            self.names.len(),
            there.len()
        )];
        Outcome::judged(evidence, &faults)
    }
}

fn metrics_url(endpoint: &Endpoint) -> Result<(&Endpoint, &str), Unusable> {
    let missing = || Unusable::NotGiven("no address of metrics is known: `--metrics-url URL` or `--start`".into());
    Ok((endpoint, endpoint.metrics_url.as_deref().ok_or_else(missing)?))
}

/// The names of all samples.
fn samples(text: &str) -> BTreeSet<&str> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split(['{', ' ']).next()).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_a_sample_counts() {
        let text = "# TYPE a_total counter\n# HELP a_total B.\nb_total{route=\"/x y\"} 1\n\nc 2.5 1700000000\n";
        assert_eq!(samples(text).into_iter().collect::<Vec<_>>(), ["b_total", "c"]);
    }
}
