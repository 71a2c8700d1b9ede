//! What is asked of the server.

use std::fmt::Write as _;

use serde_json::Value;
use ureq::http::Method;

/// One request, to be sent as often as it takes.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(super) method: Method,
    pub(super) target: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<(&'static str, Vec<u8>)>,
    repeatable: bool,
}

impl Call {
    /// Reads something. `path` stands below `/api/v1`; what comes from a user goes through [`segment`] first.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path.into())
    }

    /// Reads what stands beside the API, such as `/health/ready`.
    pub(crate) fn beside(path: &str) -> Self {
        let mut call = Self::new(Method::GET, String::new());
        path.clone_into(&mut call.target);
        call
    }

    /// Does something, told by a JSON body.
    pub(crate) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::POST, path.into()).body("application/json", body.to_string().into_bytes())
    }

    /// Does something, told by a body of another type.
    pub(crate) fn post_text(path: impl Into<String>, media_type: &'static str, text: Vec<u8>) -> Self {
        Self::new(Method::POST, path.into()).body(media_type, text)
    }

    /// Puts something in the place of what was there; doing it twice is doing it once.
    pub(crate) fn put(path: impl Into<String>, body: &Value) -> Self {
        let call = Self::new(Method::PUT, path.into()).body("application/json", body.to_string().into_bytes());
        call.repeatable()
    }

    /// Deletes something.
    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path.into())
    }

    fn new(method: Method, path: String) -> Self {
        let repeatable = method == Method::GET;
        Self { method, target: format!("/api/v1{path}"), headers: Vec::new(), body: None, repeatable }
    }

    fn body(mut self, media_type: &'static str, bytes: Vec<u8>) -> Self {
        self.body = Some((media_type, bytes));
        self
    }

    /// With a parameter behind the `?`.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        let before = if self.target.contains('?') { '&' } else { '?' };
        // Writing into a string cannot fail.
        let _infallible = write!(self.target, "{before}{name}={}", segment(value));
        self
    }

    /// With a parameter for each value.
    pub(crate) fn queries(self, name: &str, values: &[String]) -> Self {
        values.iter().fold(self, |call, value| call.query(name, value))
    }

    /// With a name of its own, under which the server does it once however often it is sent.
    pub(crate) fn idempotency_key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key.to_owned()).repeatable()
    }

    /// Says that each item of the body has such a name, or that it can be done twice for another reason.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Only if nothing has changed since this revision.
    pub(crate) fn if_match(self, revision: u64) -> Self {
        self.header("If-Match", format!("\"{revision}\""))
    }

    pub(super) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Whether sending it twice does no more than sending it once.
    pub(super) const fn is_safe_to_repeat(&self) -> bool {
        self.repeatable
    }
}

/// A text as one segment of a path or one value of a query: all but unreserved characters (RFC 3986) are escaped.
pub(crate) fn segment(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _infallible = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_user_writes_cannot_leave_its_place_in_the_address() {
        let call =
            Call::get(format!("/agents/{}", segment("../models?x=ä"))).query("label", "team=a&b").query("n", "1");
        assert_eq!(call.target, "/api/v1/agents/..%2Fmodels%3Fx%3D%C3%A4?label=team%3Da%26b&n=1");
    }

    #[test]
    fn only_what_cannot_be_done_twice_is_sent_twice() {
        let step = Call::post("/agents/a/steps", &Value::Null);
        assert!(!step.is_safe_to_repeat() && !Call::delete("/agents/a").is_safe_to_repeat());
        assert!(step.idempotency_key("k").is_safe_to_repeat() && Call::get("/agents").is_safe_to_repeat());
    }
}
