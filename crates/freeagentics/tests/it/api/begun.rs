//! Requests whose headers have come and whose bodies have not.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::Server;

/// A request that has begun.
pub(crate) struct Begun {
    stream: TcpStream,
    body: String,
}

impl Begun {
    /// Sends the headers, with a key or a token.
    pub(crate) fn new(server: &Server, key: &str, what: (&str, &str), body: &Value) -> Self {
        Self::with(server, &format!("authorization: Bearer {key}"), what, body)
    }

    /// The same with whatever lets somebody in, as lines of the head.
    pub(crate) fn with(server: &Server, credential: &str, (method, path): (&str, &str), body: &Value) -> Self {
        let (mut stream, body) = (TcpStream::connect(server.address()).unwrap(), body.to_string());
        let head =
            format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json");
        write!(stream, "{head}\r\n{credential}\r\ncontent-length: {}\r\n\r\n", body.len()).unwrap();
        Self { stream, body }
    }

    /// Sends the body; the whole answer.
    pub(crate) fn end(mut self) -> String {
        self.stream.write_all(self.body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }
}
