//! A client of the API, as small as the tests need it.

use std::io::Read;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

/// Asks a server, as somebody who has a key or nobody in particular.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    key: Option<String>,
    agent: Agent,
}

/// What it answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Client {
    pub(crate) fn new(address: &str, key: Option<&str>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(30)));
        Self { base: format!("http://{address}"), key: key.map(str::to_owned), agent: config.build().into() }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// With a body of JSON.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], &body.to_string())
    }

    /// With a body of YAML.
    pub(crate) fn post_yaml(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[("content-type", "application/yaml")], body)
    }

    /// An answer that goes on and on: its status, and what it brings.
    pub(crate) fn stream(&self, path: &str, headers: &[(&str, &str)]) -> (u16, impl Read + use<>) {
        let mut request = Request::builder().uri(format!("{}{path}", self.base));
        let key = self.key.as_ref().map(|key| format!("Bearer {key}"));
        for (name, value) in headers.iter().copied().chain(key.as_deref().map(|key| ("authorization", key))) {
            request = request.header(name, value);
        }
        let answer = self.agent.run(request.body(()).unwrap()).unwrap_or_else(|error| panic!("{path}: {error}"));
        (answer.status().as_u16(), answer.into_body().into_reader())
    }

    /// Whatever a test wants to send.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let answered = match body {
            "" => self.agent.run(request.body(()).unwrap()),
            body => self.agent.run(request.body(body).unwrap()),
        };
        let mut answer = answered.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.body_mut().with_config().limit(80 << 20).read_to_string().unwrap();
        Answer { status, headers, text }
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The document of an answer with this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// The document of a problem with this code, after checking that it is a whole one.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text);
        let document = self.expect(status);
        assert_eq!((document["code"].as_str(), document["status"].as_u64()), (Some(code), Some(status.into())));
        assert_eq!(document["type"], format!("/errors/{code}"));
        assert_eq!(document["request_id"].as_str(), self.header("x-request-id"));
        assert!(document["mend"].as_str().is_some_and(|mend| !mend.is_empty()), "{document}");
        document
    }
}
