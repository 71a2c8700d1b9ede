//! Requests to the service, as a stranger would send them.

use std::time::Duration;

use ureq::Agent;
use ureq::http::Request;

use crate::clock::Clock;

const MOST_BYTES: u64 = 16 << 20;
const TIMEOUT: Duration = Duration::from_secs(20);

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) took: Duration,
}

impl Ask {
    pub(crate) fn get(url: &str) -> Self {
        Self { method: "GET".into(), url: url.into(), headers: Vec::new(), body: None }
    }
}

impl Answer {
    /// The values of a header that may come several times, as if it came once.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> =
            self.headers.iter().filter(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

/// Keeps connections. Follows no redirects, and asks no proxy: what answers is the service itself.
#[derive(Clone, Debug)]
pub(crate) struct Client(Agent);

impl Client {
    pub(crate) fn new() -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .tls_config(super::trust::system())
            .proxy(None);
        Self(config.build().into())
    }

    /// # Errors
    /// In words, if nothing comes back.
    pub(crate) fn ask(&self, ask: &Ask, clock: &dyn Clock) -> Result<Answer, String> {
        let mut request = Request::builder().method(ask.method.as_str()).uri(&ask.url);
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        let request = request.body(ask.body.clone().unwrap_or_default()).map_err(|error| error.to_string())?;
        let started = clock.monotonic();
        let mut response = self.0.run(request).map_err(|error| format!("no answer: {error}"))?;
        let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
        let body = body.map_err(|error| format!("the answer broke off: {error}"))?;
        let took = clock.monotonic().saturating_sub(started);
        let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(Answer { status: response.status().as_u16(), headers, body, took })
    }
}
