//! Everything that fails answers with a problem, and none of them tells what is inside.

use super::Running;
use crate::client::{get, request};

#[test]
fn an_unknown_address_and_an_unknown_method_are_problems() {
    let running = Running::start(|_| {});
    assert_eq!(
        (get(running.address, "/nowhere", &[]).status, get(running.address, "/nowhere", &[]).problem()),
        (404, "not_found".into())
    );
    let answer = request(running.address, "DELETE", "/hello", &[], "");
    assert_eq!((answer.status, answer.problem().as_str()), (405, "method_not_allowed"));
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
}

#[test]
fn neither_a_panic_nor_an_internal_error_nor_a_plain_failure_shows_its_words() {
    let running = Running::start(|_| {});
    for (path, status, code) in
        [("/panic", 500, "internal"), ("/internal", 500, "internal"), ("/plain", 418, "bad_request")]
    {
        let answer = get(running.address, path, &[]);
        assert_eq!((answer.status, answer.problem().as_str()), (status, code), "{path}");
        assert!(!answer.text().contains("secret") && !answer.text().contains("words"), "{}", answer.text());
    }
    assert_eq!(get(running.address, "/hello", &[]).text(), "hello", "a panic costs one request");
}

#[test]
fn parameters_that_do_not_fit_are_problems() {
    let running = Running::start(|_| {});
    for path in ["/numbers/300", "/numbers/x", "/pages?limit=many", "/pages?limit=1&colour=red"] {
        let answer = get(running.address, path, &[]);
        assert_eq!((answer.status, answer.problem().as_str()), (400, "invalid_parameter"), "{path}");
    }
    assert_eq!(get(running.address, "/pages?limit=7", &[]).text(), "Some(7)");
}

#[test]
fn a_sane_request_id_is_kept_and_any_other_is_replaced() {
    let running = Running::start(|_| {});
    let id_for = |line: &str| get(running.address, "/hello", &[line]).header("x-request-id").unwrap().to_owned();
    assert_eq!(id_for("x-request-id: order-66.a:b_c"), "order-66.a:b_c");
    for theirs in ["", "a b", "a\"b", "a{b}", &"x".repeat(65)] {
        let id = id_for(&format!("x-request-id: {theirs}"));
        assert_eq!((id.len(), &id[14..15]), (36, "7"), "{theirs}: {id}");
    }
}
