//! Asks the server, and understands what it answers.

use std::io;
use std::time::Duration;

use axiomcore::config::Secret;
use axiomcore::tls::{self, Doubt};
use serde_json::{Map, Value};
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use ureq::http::{HeaderMap, Request};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body};

use super::{Call, Credential, Patience, Refusal, Trouble};
use crate::exit::Failure;
use crate::terminal::harmless;

/// How long connecting may take.
const CONNECTING: Duration = Duration::from_secs(5);
/// How long an answer may take as a whole: longer than the server gives itself.
const ANSWERING: Duration = Duration::from_secs(60);
/// The largest answer: ten thousand decisions with everything that was considered.
const LARGEST: u64 = 512 << 20;

/// The status of an answer to a credential that is not taken.
const UNAUTHORIZED: u16 = 401;

/// The longest text of another program that is passed on.
const SHORT: usize = 200;

/// A client with one server and one credential. Clones share their connections.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    credential: Credential,
    patience: Patience,
}

/// What the server answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The body; `Null` where there is none.
    pub(crate) body: Value,
}

impl Client {
    /// A client of the server at `base`, such as `http://127.0.0.1:8080`.
    pub(crate) fn new(base: &str, credential: Credential, patience: Patience) -> Self {
        Self::over(TlsConfig::default(), base, credential, patience)
    }

    /// The same over TLS, for an address that begins with `https://`.
    pub(crate) fn over(tls: TlsConfig, base: &str, credential: Credential, patience: Patience) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("freeagentics/", env!("CARGO_PKG_VERSION")))
            // The key is for this server; a proxy that happens to be in the environment is not to see it.
            .proxy(None)
            .tls_config(tls)
            .timeout_connect(Some(CONNECTING))
            .max_idle_connections_per_host(16);
        let agent = config.build().new_agent();
        Self { agent, base: base.trim_end_matches('/').to_owned(), credential, patience }
    }

    /// The server's address.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// A client of the same server that shows nothing and asks once.
    pub(super) fn as_stranger(&self) -> Self {
        Self { credential: Credential::None, patience: Patience::NONE, ..self.clone() }
    }

    /// Asks, and asks again while the server is busy and asking twice does no harm.
    pub(crate) fn send(&self, call: &Call) -> Result<Answer, Trouble> {
        let mut tried = 1;
        loop {
            let trouble = match self.once(call) {
                Ok(answer) => return Ok(answer),
                Err(trouble) => trouble,
            };
            let pause = self.patience.pause(tried, trouble.retry_after()).filter(|_| call.is_safe_to_repeat());
            std::thread::sleep(pause.ok_or(trouble)?);
            tried += 1;
        }
    }

    /// [`send`](Self::send) for a command: the body of the answer, or how the command fails.
    pub(crate) fn ask(&self, call: &Call) -> Result<Value, Failure> {
        self.send(call).map(|answer| answer.body).map_err(|trouble| trouble.into_failure(&self.base))
    }

    fn once(&self, call: &Call) -> Result<Answer, Trouble> {
        let (status, headers, mut body) = self.exchange(call, Some(ANSWERING))?;
        let bytes = body.with_config().limit(LARGEST).read_to_vec().map_err(broken)?;
        if !(200..300).contains(&status) {
            return Err(refusal(status, &headers, &bytes));
        }
        let body = if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&bytes) };
        let strange = |_| Trouble::Strange("what answers there does not speak this API".to_owned());
        Ok(Answer { status, body: body.map_err(strange)? })
    }

    /// Sends, and returns as soon as the headers of the answer are there. A credential that is not taken has kept anything
    /// from being done, so that another one may be shown.
    pub(super) fn exchange(&self, call: &Call, timeout: Option<Duration>) -> Result<(u16, HeaderMap, Body), Trouble> {
        let shown = self.credential.shown(self)?;
        let answered = self.exchange_showing(call, timeout, shown.as_ref())?;
        let Some(shown) = shown.filter(|_| answered.0 == UNAUTHORIZED) else { return Ok(answered) };
        match self.credential.next(&shown, self)? {
            Some(next) => self.exchange_showing(call, timeout, Some(&next)),
            None => Ok(answered),
        }
    }

    fn exchange_showing(
        &self,
        call: &Call,
        timeout: Option<Duration>,
        credential: Option<&Secret<String>>,
    ) -> Result<(u16, HeaderMap, Body), Trouble> {
        let mut request = Request::builder().method(call.method.clone()).uri(format!("{}{}", self.base, call.target));
        if let Some(credential) = credential {
            request = request.header(AUTHORIZATION, format!("Bearer {}", credential.expose()));
        }
        if !call.headers.iter().any(|(name, _)| *name == "Accept") {
            request = request.header(ACCEPT, "application/json");
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let answered = match &call.body {
            None => self.run(request.body(()), timeout),
            Some((media_type, bytes)) => {
                self.run(request.header(CONTENT_TYPE, *media_type).body(bytes.as_slice()), timeout)
            }
        };
        let (parts, body) = answered?.into_parts();
        Ok((parts.status.as_u16(), parts.headers, body))
    }

    fn run<B: ureq::AsSendBody>(
        &self,
        request: Result<Request<B>, ureq::http::Error>,
        timeout: Option<Duration>,
    ) -> Result<ureq::http::Response<Body>, Trouble> {
        let request = request.map_err(|error| Trouble::Absent(error.to_string()))?;
        let configured = self.agent.configure_request(request);
        let request = match timeout {
            Some(timeout) => configured.timeout_global(Some(timeout)).build(),
            // A stream is silent for no longer than the server's keep-alive.
            None => configured.timeout_per_read(Some(super::events::SILENCE)).build(),
        };
        self.agent.run(request).map_err(broken)
    }
}

/// What kept an answer from arriving.
pub(super) fn broken(error: ureq::Error) -> Trouble {
    let absent = match &error {
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => true,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::BadUri(_) => true,
        _ => false,
    };
    let doubt = match &error {
        ureq::Error::Io(error) => tls::doubt(error),
        _ => None,
    };
    let why = error.to_string();
    let why = why.strip_prefix("io: ").unwrap_or(&why).to_owned();
    let protected = matches!(error, ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::TlsRequired);
    // Most of what is wrong with a certificate comes as an error of reading.
    let protected = protected || doubt.is_some();
    match () {
        () if protected => Trouble::Unprotected(doubt.unwrap_or(Doubt::Other), why),
        () if absent => Trouble::Absent(why),
        () => Trouble::Broken(why),
    }
}

/// What to say of an answer that is no document of this API. A short text is worth passing on: a port that speaks TLS says so.
fn unexplained(status: u16, headers: &HeaderMap, body: &[u8]) -> String {
    let is_text = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let text = std::str::from_utf8(body).ok().filter(|text| is_text && !text.is_empty() && text.len() <= SHORT);
    match text {
        Some(text) => format!("the answer has status {status} and says: {}", harmless(text)),
        None => format!("the answer has status {status} and does not say why"),
    }
}

/// A status that says no, with the document that says why.
pub(super) fn refusal(status: u16, headers: &HeaderMap, body: &[u8]) -> Trouble {
    let Ok(document) = serde_json::from_slice::<Map<String, Value>>(body) else {
        return Trouble::Strange(unexplained(status, headers, body));
    };
    let code = document.get("code").and_then(Value::as_str).unwrap_or_default().to_owned();
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Trouble::Refused(Box::new(Refusal { status, code, retry_after: seconds.map(Duration::from_secs), document }))
}
