//! Requests hidden in requests.

use crate::api::{Installation, KEY};
use crate::security::edge::raw;

/// What is hidden: it would be answered with who asked.
const HIDDEN: &str = "GET /errors/internal HTTP/1.1\r\nhost: hidden\r\n\r\n";

fn post(headers: &str, body: &str) -> String {
    let head = "POST /api/v1/models/validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    format!("{head}authorization: Bearer {KEY}\r\n{headers}\r\n\r\n{body}")
}

#[test]
fn nothing_behind_an_ambiguous_request_is_answered() {
    let installation = Installation::sqlite();
    let server = installation.start();
    for request in [
        post("content-length: 0\r\ncontent-length: 40", ""),
        post("content-length: 0, 40", ""),
        post("content-length : 0", ""),
        post("content-length: 0\r\ntransfer-encoding : chunked", ""),
        post("content-length: 0\r\nx-folded: a\r\n transfer-encoding: chunked", ""),
        post("transfer-encoding: chunked, identity", "0\r\n\r\n"),
        post("transfer-encoding: cow", "0\r\n\r\n"),
        post("transfer-encoding: chunked", "-1\r\n"),
        post("transfer-encoding: chunked", "2\n{}\n0\n\n"),
        post("transfer-encoding: chunked", "0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0"),
        post("content-length: 0", "").replace("HTTP/1.1", "HTTP/3.1"),
    ] {
        let told = raw(&server, &format!("{request}{HIDDEN}"));
        assert!(told.starts_with("HTTP/1.1 400 "), "{request:?}: {told}");
        assert!(!told.contains("Something went wrong inside the server"), "what was hidden was answered: {told}");
    }
    for headers in
        ["content-length: 4\r\ntransfer-encoding: chunked", "transfer-encoding: chunked\r\ncontent-length: 4"]
    {
        let told = raw(&server, &format!("{}{HIDDEN}", post(headers, "2\r\n{}\r\n0\r\n\r\n")));
        assert_eq!(told.matches("HTTP/1.1 ").count(), 1, "{told}");
    }
}

#[test]
fn requests_one_after_the_other_are_all_answered() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let last = "GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let requests =
        [post("content-length: 2", "{}"), post("transfer-encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"), last.to_owned()];
    let told = raw(&server, &requests.concat());
    assert_eq!(told.matches("HTTP/1.1 ").count(), 3, "{told}");
}
