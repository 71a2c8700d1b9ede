//! Everything that fails answers with a problem, and none of them tells what is inside.

use axiomcore::clock::Timestamp;
use axiomcore::http::{Catalogue, Config, Health};
use axiomcore::telemetry::Metrics;
use axum::body::Body;
use axum::http::Request;
use tower::Service;

use super::{Running, application};
use crate::client::{get, request};
use crate::telemetry::Paper;

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
fn every_problem_says_what_to_do_in_words_of_its_own_or_of_its_code() {
    let running = Running::start(|_| {});
    let told = get(running.address, "/nowhere", &[]).json();
    assert_eq!(told["mend"], "Look for a mistake in the path. The served OpenAPI document lists all addresses.");
    for code in Catalogue::new().unwrap().iter() {
        let mend = code.mend();
        assert!(mend.len() > 10 && mend.ends_with('.'), "{}: {mend}", code.code);
        assert!(code.help.starts_with(mend) && !mend.starts_with("- "), "{}: {mend}", code.code);
    }
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
    let paths = [
        ("/numbers/300", "`300` in the path is no whole number, or too large a one"),
        ("/numbers/x", "`x` in the path is no whole number, or too large a one"),
        ("/pages?limit=many", "limit: invalid digit found in string"),
        ("/pages?limit=1&colour=red", "colour: unknown field `colour`, expected `limit`"),
    ];
    for (path, detail) in paths {
        let answer = get(running.address, path, &[]);
        assert_eq!((answer.status, answer.problem().as_str()), (400, "invalid_parameter"), "{path}");
        assert_eq!(answer.json()["detail"], detail, "{path}");
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

#[test]
fn the_cause_of_an_internal_error_is_in_the_log_under_the_requests_id() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut router = application(&Config::default(), &Metrics::new(), &Health::new()).router;
    let request = Request::get("/internal").header("x-request-id", "order-66").body(Body::empty()).unwrap();
    let lines = Paper::lines_of("error", Timestamp(0), || {
        runtime.block_on(router.call(request)).unwrap();
    });
    let [line] = lines.as_slice() else { panic!("one line is wanted: {lines:?}") };
    assert_eq!((&line["cause"], &line["span"]["request_id"]), (&"the secret plan".into(), &"order-66".into()));
}
