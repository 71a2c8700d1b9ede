//! As little of an HTTP client as the tests need: it can also be slow, break off and send nonsense.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The code of a problem, after checking that it is a whole one.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let document = self.json();
        assert_eq!(document["status"], self.status);
        assert_eq!(document["request_id"].as_str(), self.header("x-request-id"));
        assert!(document["title"].is_string());
        assert_eq!(document["type"], format!("/errors/{}", document["code"].as_str().unwrap()));
        document["code"].as_str().unwrap().to_owned()
    }
}

/// A connection, kept alive.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    pub(crate) fn send(&mut self, text: &str) {
        self.stream.get_mut().write_all(text.as_bytes()).unwrap();
    }

    /// Whether the other end closed the connection.
    pub(crate) fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Ok(0) | Err(_))
    }

    pub(crate) fn answer(&mut self) -> Answer {
        let first = self.line();
        let status = first.split(' ').nth(1).unwrap_or_else(|| panic!("no status: {first:?}")).parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, bytes: Vec::new() };
        if status != 204 {
            answer.bytes = self.body(answer.header("content-length"));
        }
        answer
    }

    fn body(&mut self, length: Option<&str>) -> Vec<u8> {
        match length {
            Some(length) => self.exactly(length.parse().unwrap()),
            None => {
                let mut body = Vec::new();
                loop {
                    let size = usize::from_str_radix(&self.line(), 16).unwrap();
                    body.extend(self.exactly(size));
                    self.line();
                    if size == 0 {
                        return body;
                    }
                }
            }
        }
    }

    fn exactly(&mut self, size: usize) -> Vec<u8> {
        let mut bytes = vec![0; size];
        self.stream.read_exact(&mut bytes).unwrap();
        bytes
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

/// One request on a connection of its own; `headers` are whole lines.
pub(crate) fn request(address: SocketAddr, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    let mut connection = Connection::open(address);
    connection.send(&format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n{lines}\r\n{body}"));
    connection.answer()
}

pub(crate) fn get(address: SocketAddr, path: &str, headers: &[&str]) -> Answer {
    request(address, "GET", path, headers, "")
}

pub(crate) fn post(address: SocketAddr, path: &str, headers: &[&str], body: &str) -> Answer {
    let headers: Vec<&str> = headers.iter().copied().chain(["content-type: application/json"]).collect();
    request(address, "POST", path, &headers, body)
}
