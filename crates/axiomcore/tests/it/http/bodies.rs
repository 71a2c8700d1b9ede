//! Bodies: what does not fit is refused with its place.

use super::Running;
use crate::client::{Connection, post, request};

#[test]
fn a_field_that_does_not_fit_is_named_by_its_place() {
    let running = Running::start(|_| {});
    for (body, pointer) in [
        (r#"{"drinks":[{"cups":1},{"cups":"two"}]}"#, "/drinks/1/cups"),
        (r#"{"drinks":[{"cups":1},{"cups":2,"sugar":3}]}"#, "/drinks/1/sugar"),
        (r#"{"drinks":[{"cups":300}]}"#, "/drinks/0/cups"),
        (r#"{"drinks":[{}]}"#, "/drinks/0"),
        (r#"{"drinks":[{"cups":1,"a/b~c":3}]}"#, "/drinks/0/a~1b~0c"),
        (r#"{"drinks":7}"#, "/drinks"),
    ] {
        let answer = post(running.address, "/orders", &[], body);
        assert_eq!((answer.status, answer.problem().as_str()), (422, "invalid_body"), "{body}");
        assert_eq!(answer.json()["pointer"], pointer, "{}", answer.text());
    }
    let answer = post(running.address, "/orders", &[], r#"{"drinks":[],"drink":[]}"#);
    assert_eq!(answer.problem(), "invalid_body");
    assert!(answer.text().contains("unknown field `drink`"), "{}", answer.text());
    assert_eq!(post(running.address, "/orders", &[], r#"{"drinks":[{"cups":2},{"cups":3}]}"#).json()["cups"], 5);
}

#[test]
fn a_large_body_is_read_as_a_small_one_is() {
    let running = Running::start(|_| {});
    let drinks = |last: &str| format!(r#"{{"drinks":[{}{{"cups":{last}}}]}}"#, r#"{"cups":0},"#.repeat(10_000));
    assert_eq!(post(running.address, "/orders", &[], &drinks("7")).json()["cups"], 7);
    let answer = post(running.address, "/orders", &[], &drinks("-7"));
    assert_eq!((answer.status, answer.problem().as_str()), (422, "invalid_body"));
    assert_eq!(answer.json()["pointer"], "/drinks/10000/cups");
}

#[test]
fn what_is_not_json_is_refused_with_line_and_column() {
    let running = Running::start(|_| {});
    for (body, place) in [("{\"drinks\":\n[}", "line 2, column 2"), ("", "line 1, column 0"), ("{} {}", "line")] {
        let answer = post(running.address, "/orders", &[], body);
        let text = answer.text();
        assert!(text.contains(place), "{text}");
        assert!(matches!(answer.problem().as_str(), "malformed_json" | "invalid_body"), "{text}");
    }
    let answer = request(running.address, "POST", "/orders", &["content-type: text/plain"], "{\"drinks\":[]}");
    assert_eq!((answer.status, answer.problem().as_str()), (415, "unsupported_media_type"));
}

#[test]
fn a_body_that_is_too_large_is_refused_whether_or_not_it_says_so() {
    let running = Running::start(|_| {});
    let large = format!("{{\"drinks\":[]{}}}", " ".repeat(2_000));
    assert_eq!(post(running.address, "/orders", &[], &large).status, 200);
    let answer = post(running.address, "/small", &[], &large);
    assert_eq!((answer.status, answer.problem().as_str()), (413, "body_too_large"));
    let mut connection = Connection::open(running.address);
    let head =
        "POST /small HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.send(&format!("{head}{:x}\r\n{large}\r\n0\r\n\r\n", large.len()));
    assert_eq!(connection.answer().problem(), "body_too_large");
}

#[test]
fn a_body_that_stalls_is_given_up() {
    let running = Running::start(|config| config.body_timeout = axiomcore::config::Period::millis(100));
    let mut connection = Connection::open(running.address);
    connection
        .send("POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{");
    let answer = connection.answer();
    assert_eq!((answer.status, answer.problem().as_str()), (408, "body_too_slow"));
}

#[test]
fn a_request_that_is_answered_before_its_body_arrived_does_not_cost_the_connection() {
    let running = Running::start(|_| {});
    let mut connection = Connection::open(running.address);
    for path in ["/nowhere", "/hello"] {
        connection.send(&format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n"));
        std::thread::sleep(std::time::Duration::from_millis(50));
        connection.send(&"a".repeat(1_000));
        let answer = connection.answer();
        assert_eq!((answer.status >= 404, answer.header("connection")), (true, None));
    }
    connection.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n");
    assert_eq!(connection.answer().text(), "hello");
}

#[test]
fn a_connection_with_too_much_left_on_it_is_said_to_end() {
    let running = Running::start(|_| {});
    for more in ["content-length: 1000000", "content-length: 1000", "content-length: 10\r\nexpect: 100-continue"] {
        let mut connection = Connection::open(running.address);
        connection.send(&format!("POST /nowhere HTTP/1.1\r\nhost: x\r\n{more}\r\n\r\n"));
        let answer = connection.answer();
        assert_eq!((answer.status, answer.header("connection")), (404, Some("close")), "{more}");
        assert!(connection.is_closed());
    }
}

#[test]
fn a_body_that_is_compressed_is_refused_before_anybody_unpacks_it() {
    let running = Running::start(|_| {});
    for encoding in ["gzip", "br", "identity, gzip"] {
        let header = format!("content-encoding: {encoding}");
        let answer = post(running.address, "/orders", &[&header], r#"{"drinks":[]}"#);
        assert_eq!((answer.status, answer.problem().as_str()), (415, "unsupported_media_type"));
        assert!(answer.json()["mend"].as_str().unwrap().contains("Content-Encoding"));
    }
}
