//! `http`: a request to the running service, and what its answer has to look like.

mod expectation;
mod latency;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::evidence::seconds;
use super::{Bench, Evidence, Outcome};
use crate::profile::Limit;
use crate::service::{Answer, Ask, Endpoint, Unusable};
use expectation::Expectation;

/// What a profile says of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HttpProof {
    /// The part of the requirement that it shows.
    pub(crate) shows: String,
    #[serde(default = "get")]
    method: String,
    pub(crate) path: String,
    /// Whether it is sent with the credential that was given.
    #[serde(default)]
    credential: bool,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    /// A file of the repository that is the body.
    body_file: Option<PathBuf>,
    #[serde(default)]
    expect: Expectation,
    /// How often it is sent, one after the other; with more than once the latency is measured.
    #[serde(default = "once")]
    pub(crate) repeat: u32,
    p50: Option<Limit>,
    p95: Option<Limit>,
    p99: Option<Limit>,
}

fn get() -> String {
    "GET".into()
}

fn once() -> u32 {
    1
}

impl HttpProof {
    /// Whether a request of this method may change something.
    fn changes_something(&self) -> bool {
        !["GET", "HEAD", "OPTIONS"].contains(&self.method.as_str())
    }

    pub(crate) fn execute(&self, bench: &Bench<'_>) -> Outcome {
        let who = if self.credential { "with the credential" } else { "without a credential" };
        let ran = format!("{} {} {who}", self.method, self.path);
        let (endpoint, ask) =
            match bench.service.endpoint().and_then(|endpoint| Ok((endpoint, self.ask(endpoint, bench)?))) {
                Ok(ready) => ready,
                Err(unusable) => return unusable.outcome(ran),
            };
        let mut evidence = Evidence { ran, at: Some(bench.clock.now()), ..Evidence::default() };
        let (mut latencies, mut last) = (Vec::new(), None);
        for _ in 0..self.repeat {
            let answer = match endpoint.client.ask(&ask, bench.clock) {
                Ok(answer) => answer,
                Err(error) => return Outcome::failed(evidence, bench.redaction.line(&error)),
            };
            latencies.push(answer.took);
            let faults = self.expect.faults(&answer);
            if !faults.is_empty() {
                evidence.said = self.said(&answer, bench);
                let faults: Vec<String> = faults.iter().map(|fault| bench.redaction.line(fault)).collect();
                return Outcome::failed(evidence, faults.join("; "));
            }
            last = Some(answer);
        }
        evidence.took_seconds = Some(seconds(latencies.iter().sum()));
        evidence.said = last.iter().flat_map(|answer| self.said(answer, bench)).collect();
        let mut faults = Vec::new();
        if self.repeat > 1 {
            evidence.figures = latency::figures(&self.path, latencies, [self.p50, self.p95, self.p99]);
            faults = evidence.figures.iter().filter_map(super::measure::out_of_bounds).collect();
        }
        Outcome::judged(evidence, &faults)
    }

    fn ask(&self, endpoint: &Endpoint, bench: &Bench<'_>) -> Result<Ask, Unusable> {
        if self.changes_something() && !endpoint.is_disposable {
            let why = "it may change something, so it is only sent to a service that `--start` has started";
            return Err(Unusable::NotGiven(why.into()));
        }
        let mut headers: Vec<(String, String)> = self.headers.clone().into_iter().collect();
        if self.credential {
            let missing = || Unusable::NotGiven("no credential was given: `--token-file FILE` or `--start`".into());
            headers.push(endpoint.credential.clone().ok_or_else(missing)?);
        }
        let url = format!("{}{}", endpoint.url, self.path);
        let body = match &self.body_file {
            None => self.body.clone(),
            Some(file) => Some(std::fs::read_to_string(bench.repo.join(file)).map_err(|error| {
                let file = file.display();
                Unusable::Broken(format!("the body {file} cannot be read: {error}"))
            })?),
        };
        Ok(Ask { method: self.method.clone(), url, headers, body })
    }

    /// The status, and the headers that were looked at.
    fn said(&self, answer: &Answer, bench: &Bench<'_>) -> Vec<String> {
        let kind = answer.header("content-type").unwrap_or_else(|| "no content type".into());
        let first = format!("{}, {kind}, {} bytes", answer.status, answer.body.len());
        let headers = self.expect.headers.keys().filter_map(|name| Some(format!("{name}: {}", answer.header(name)?)));
        [first].into_iter().chain(headers).map(|line| bench.redaction.line(&line)).collect()
    }
}
