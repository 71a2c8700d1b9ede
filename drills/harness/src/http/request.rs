//! Requests as bytes.

use std::fmt::Write;

/// Who asks, and whom.
#[derive(Clone, Debug)]
pub struct Access {
    /// The server's name, as the request says it.
    pub host: String,
    /// An API key; empty to ask without one.
    pub key: String,
}

/// A request. What it says of headers is what the API understands.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The path, with its query.
    pub path: &'a str,
    /// The type of the body; JSON if there is a body and this is empty.
    pub content_type: &'a str,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<&'a str>,
    /// `If-Match`, a revision.
    pub if_match: Option<u64>,
    /// The body, if there is one.
    pub body: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    /// Reads.
    pub fn get(path: &'a str) -> Self {
        Self { method: "GET", path, ..Self::default() }
    }

    /// Writes.
    pub fn post(path: &'a str, body: &'a [u8]) -> Self {
        Self { method: "POST", path, body: Some(body), ..Self::default() }
    }

    /// As it goes over the wire.
    pub fn bytes(&self, access: &Access) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {}\r\n", self.method, self.path, access.host);
        let mut header = |name: &str, value: &str| {
            let _ = write!(head, "{name}: {value}\r\n");
        };
        if !access.key.is_empty() {
            header("authorization", &format!("Bearer {}", access.key));
        }
        if let Some(key) = self.idempotency_key {
            header("idempotency-key", key);
        }
        if let Some(revision) = self.if_match {
            header("if-match", &format!("\"{revision}\""));
        }
        if let Some(body) = self.body {
            header("content-type", if self.content_type.is_empty() { "application/json" } else { self.content_type });
            header("content-length", &body.len().to_string());
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(self.body.unwrap_or_default());
        bytes
    }
}
