//! Answers out of bytes.

use std::ops::Range;

use serde_json::Value;

use crate::Result;

/// A whole answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    pub status: u16,
    /// The first answer to a repeated request (`Idempotent-Replay`).
    pub replayed: bool,
    /// The last answer over this connection (`Connection: close`).
    pub is_last: bool,
    pub body: Vec<u8>,
}

impl Response {
    /// The body as JSON; `null` if there is none.
    ///
    /// # Errors
    /// If it is something else.
    pub fn json(&self) -> Result<Value> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body).map_err(|error| format!("an answer that is not JSON: {error}").into())
    }
}

/// Where an answer lies among received bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub status: u16,
    pub replayed: bool,
    pub is_last: bool,
    pub body: Range<usize>,
}

impl Frame {
    /// Finds the answer at the beginning of `received`; `None` if it has not arrived whole.
    ///
    /// # Errors
    /// If this is no answer that is understood here: one whose length is not told.
    pub fn find(received: &[u8]) -> Result<Option<Self>> {
        let Some(n_head) = received.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(None) };
        let head = std::str::from_utf8(&received[..n_head])?;
        let (first, headers) = head.split_once("\r\n").unwrap_or((head, ""));
        let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
        let status: u16 = status.ok_or_else(|| format!("not an answer: {first}"))?;
        let header = |name: &str| {
            let mut lines = headers.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        };
        let n_body = match header("content-length") {
            Some(length) => length.parse()?,
            None if status == 204 || status == 304 => 0,
            None => return Err(format!("an answer without a length: {head}").into()),
        };
        let body = n_head + 4..n_head + 4 + n_body;
        let replayed = header("idempotent-replay") == Some("true");
        let is_last = header("connection") == Some("close");
        Ok((received.len() >= body.end).then_some(Self { status, replayed, is_last, body }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nContent-Length: 2\r\nidempotent-replay: true\r\n\r\n{}";

    #[test]
    fn an_answer_is_found_once_it_is_whole_and_what_follows_is_left() {
        for n in 0..ANSWER.len() {
            assert_eq!(Frame::find(&ANSWER[..n]).unwrap(), None, "{n}");
        }
        let two = [ANSWER, b"HTTP/1.1"].concat();
        let frame = Frame::find(&two).unwrap().unwrap();
        assert_eq!((frame.status, frame.replayed, &two[frame.body.clone()]), (200, true, &b"{}"[..]));
        assert_eq!(frame.body.end, ANSWER.len());
    }

    #[test]
    fn an_answer_without_a_length_is_an_error_unless_it_has_no_body() {
        assert!(Frame::find(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        let empty = Frame::find(b"HTTP/1.1 204 No Content\r\ndate: x\r\n\r\n").unwrap().unwrap();
        assert!(empty.status == 204 && empty.body.is_empty());
    }
}
