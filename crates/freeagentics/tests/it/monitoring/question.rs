//! Questions to a Prometheus.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

/// Asks a Prometheus.
pub(super) struct Prometheus {
    base: String,
    agent: Agent,
}

impl Prometheus {
    pub(super) fn at(port: u16) -> Self {
        let config = Agent::config_builder().proxy(None).timeout_global(Some(Duration::from_secs(20)));
        Self { base: format!("http://127.0.0.1:{port}"), agent: config.build().into() }
    }

    pub(super) fn get(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let request = self.agent.get(format!("{}{path}", self.base)).query_pairs(query.iter().copied());
        let mut answer = request.call().unwrap_or_else(|error| panic!("{path} {query:?}: {error}"));
        answer.body_mut().read_json().unwrap()
    }

    /// The values of an expression, now.
    pub(super) fn values(&self, expression: &str) -> Vec<f64> {
        let found = self.get("/api/v1/query", &[("query", expression)]);
        let found = found["data"]["result"].as_array().cloned().unwrap_or_default();
        found.iter().map(|series| series["value"][1].as_str().unwrap().parse().unwrap()).collect()
    }

    /// Whether there is something that an expression selects.
    pub(super) fn has(&self, expression: &str) -> bool {
        !self.values(expression).is_empty()
    }

    /// Waits until an expression has a value.
    #[track_caller]
    pub(super) fn wait_for(&self, expression: &str) {
        for _ in 0..300 {
            if self.has(expression) {
                return;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        panic!("after a minute there is no {expression}");
    }
}
