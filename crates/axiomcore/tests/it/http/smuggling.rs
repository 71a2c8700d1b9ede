//! Requests that two servers could read as different numbers of requests.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::Running;

/// What somebody hides behind a request.
const HIDDEN: &str = "GET /who HTTP/1.1\r\nhost: hidden\r\n\r\n";

/// Everything that is answered until the connection ends, which it has to by itself.
fn answered(running: &Running, sent: &str) -> String {
    let mut stream = TcpStream::connect(running.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(sent.as_bytes()).unwrap();
    let mut told = Vec::new();
    let ended = stream.read_to_end(&mut told);
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(ended.is_ok(), "the connection goes on after {sent:?}: {told}");
    told
}

fn post(headers: &str, body: &str) -> String {
    format!("POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{headers}\r\n\r\n{body}")
}

#[test]
fn what_has_no_single_meaning_is_refused_and_the_connection_ends() {
    let running = Running::start(|_| {});
    let chunked = "transfer-encoding: chunked";
    for request in [
        post("content-length: 0\r\ncontent-length: 38", ""),
        post("content-length: 0, 38", ""),
        post("content-length: +38", ""),
        post("content-length: -1", ""),
        post("content-length: 0x10", ""),
        post("content-length : 38", ""),
        post("content-length: 99999999999999999999", ""),
        post("transfer-encoding: chunked, identity", "0\r\n\r\n"),
        post("transfer-encoding: xchunked", "0\r\n\r\n"),
        post("transfer-encoding : chunked", "0\r\n\r\n"),
        post("x-folded: a\r\n transfer-encoding: chunked", "0\r\n\r\n"),
        post("x-null: a\0b", ""),
        post("x-return: a\rb", ""),
        post(chunked, "g\r\n"),
        post(chunked, "-1\r\n"),
        post(chunked, "fffffffffffffffff\r\n"),
        post(chunked, "2\n{}\n0\n\n"),
        post(chunked, "2\r\n{}0\r\n\r\n"),
        post(&format!("{chunked}\r\n"), "").replace("HTTP/1.1", "HTTP/1.0"),
        "GET /hello\r\n\r\n".to_owned(),
        "GET /hello HTTP/9.9\r\nhost: x\r\n\r\n".to_owned(),
        "GET /hel\0lo HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
    ] {
        let told = answered(&running, &format!("{request}{HIDDEN}"));
        assert!(told.starts_with("HTTP/1.1 400 ") || told.is_empty(), "{request:?}: {told}");
        assert!(!told.contains(" 200 "), "what was hidden behind {request:?} was answered: {told}");
    }
}

#[test]
fn of_two_lengths_the_chunked_one_counts_and_nothing_behind_it_is_read() {
    let running = Running::start(|_| {});
    let body = "d\r\n{\"drinks\":[]}\r\n0\r\n\r\n";
    for headers in
        ["content-length: 99\r\ntransfer-encoding: chunked", "transfer-encoding: chunked\r\ncontent-length: 4"]
    {
        let told = answered(&running, &format!("{}{HIDDEN}", post(headers, body)));
        assert!(told.starts_with("HTTP/1.1 200 ") && told.contains("\"cups\":0"), "{told}");
        assert_eq!(told.matches("HTTP/1.1").count(), 1, "{told}");
    }
}

#[test]
fn what_a_chunk_says_beside_its_size_is_bounded_and_means_nothing() {
    let running = Running::start(|_| {});
    let closing = "transfer-encoding: chunked\r\nconnection: close";
    let body = "d;name=\"value\"\r\n{\"drinks\":[]}\r\n0\r\ncontent-length: 4\r\n\r\n";
    let told = answered(&running, &post(closing, body));
    assert!(told.starts_with("HTTP/1.1 200 "), "{told}");
    let endless = format!("d;{}\r\n{{\"drinks\":[]}}\r\n0\r\n\r\n", "a".repeat(64 << 10));
    let told = answered(&running, &post(closing, &endless));
    assert!(told.starts_with("HTTP/1.1 400 "), "{told}");
}
