//! `Idempotency-Key` and `If-Match`.

use serde_json::{Value, json};

use super::{check, create, get, step, with, with_watchdog};
use crate::api::{Installation, on_both_databases};

on_both_databases!(a_key_that_was_used_too_long_ago_is_said_to_be_so);

fn a_key_that_was_used_too_long_ago_is_said_to_be_so(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let send = |key: &str| {
        client.send("POST", "/api/v1/agents/a/steps", &with(&[("idempotency-key", key)]), &check(40).to_string())
    };
    for n in 0..33 {
        assert_eq!(send(&format!("key-{n}")).expect(200)["step"], n + 1);
    }
    send("key-0").problem(409, "idempotency_window_passed");
    assert_eq!(send("key-1").expect(200)["replayed"], true);
    assert_eq!(get(&client, "a")["step"], 33, "nothing was done twice");
}

#[test]
fn headers_that_are_malformed_are_refused_by_name_and_nothing_is_done() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let long = "k".repeat(256);
    let wrong = [
        ("If-Match", "1"),
        ("If-Match", "W/\"1\""),
        ("If-Match", "\"one\""),
        ("If-Match", "\"1\", \"2\""),
        ("If-Match", ""),
        ("Idempotency-Key", &long),
        ("Idempotency-Key", "two words"),
        ("Idempotency-Key", ""),
    ];
    for (name, value) in wrong {
        for path in ["/api/v1/agents/a/steps", "/api/v1/agents/a/reset"] {
            let body = if path.ends_with("reset") { "{}".to_owned() } else { check(40).to_string() };
            let problem = client.send("POST", path, &with(&[(name, value)]), &body).problem(400, "invalid_header");
            assert_eq!(problem["header"], name, "{value}");
        }
    }
    let twice = with(&[("if-match", "\"1\""), ("if-match", "\"1\"")]);
    client.send("POST", "/api/v1/agents/a/steps", &twice, &check(40).to_string()).problem(400, "invalid_header");
    client.send("DELETE", "/api/v1/agents/a", &[("if-match", "2")], "").problem(400, "invalid_header");
    assert_eq!(get(&client, "a")["revision"], 1);
    let any = client.send("POST", "/api/v1/agents/a/steps", &with(&[("if-match", "*")]), &check(40).to_string());
    assert_eq!(any.expect(200)["step"], 1);
}

#[test]
fn a_dry_run_with_a_key_takes_no_key() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let mut dry = check(5000);
    dry["dry_run"] = true.into();
    let send = |body: &Value| {
        client.send("POST", "/api/v1/agents/a/steps", &with(&[("idempotency-key", "k")]), &body.to_string())
    };
    assert_eq!(send(&dry).expect(200)["dry_run"], true);
    let real = send(&check(5000)).expect(200);
    assert_eq!((&real["dry_run"], &real["replayed"]), (&false.into(), &Value::Null));
    let told = send(&dry).expect(200);
    assert_eq!((&told["replayed"], &told["dry_run"], &told["step"]), (&true.into(), &false.into(), &1.into()));
    assert_eq!(step(&client, "a", &check(40))["step"], 2);
}

#[test]
fn a_repeated_request_gets_its_answer_although_the_revision_that_it_named_has_passed() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let guards = with(&[("idempotency-key", "k"), ("if-match", "\"1\"")]);
    let first = client.send("POST", "/api/v1/agents/a/steps", &guards, &check(40).to_string()).expect(200);
    let again = client.send("POST", "/api/v1/agents/a/steps", &guards, &check(40).to_string()).expect(200);
    assert_eq!((&again["replayed"], &again["digest"]), (&json!(true), &first["digest"]));
    let guards = with(&[("idempotency-key", "anew"), ("if-match", "\"2\"")]);
    let reset = || client.send("POST", "/api/v1/agents/a/reset", &guards, "{}");
    let (first, again) = (reset(), reset());
    assert_eq!((first.expect(200), again.header("idempotent-replay")), (again.expect(200), Some("true")));
}

#[test]
fn a_reset_that_comes_late_is_refused_and_one_in_time_tells_the_new_revision() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    step(&client, "a", &check(5000));
    let reset = |revision: &str| client.send("POST", "/api/v1/agents/a/reset", &with(&[("if-match", revision)]), "{}");
    assert_eq!(reset("\"1\"").problem(412, "revision_mismatch")["revision"], 2);
    assert_eq!(get(&client, "a")["episode"], 1);
    let done = reset("\"2\"");
    assert_eq!((&done.expect(200)["revision"], done.header("etag")), (&json!(3), Some("\"3\"")));
}

#[test]
fn a_key_stands_for_everything_that_was_said_with_it() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let send = |body: &Value| {
        client.send("POST", "/api/v1/agents/a/steps", &with(&[("idempotency-key", "k")]), &body.to_string())
    };
    let mut body = check(40);
    body["executed_action"] = "restart".into();
    body["elapsed"] = 2.into();
    send(&body).expect(200);
    for (member, other) in [("executed_action", json!("probe")), ("elapsed", json!(3))] {
        let mut changed = body.clone();
        changed[member] = other;
        send(&changed).problem(422, "idempotency_key_reused");
    }
    client
        .send("POST", "/api/v1/agents/a/reset", &with(&[("idempotency-key", "k")]), "{}")
        .problem(422, "idempotency_key_reused");
    assert_eq!(send(&body).expect(200)["replayed"], true);
}
