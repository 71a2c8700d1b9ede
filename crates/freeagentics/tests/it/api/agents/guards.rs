//! `Idempotency-Key` and `If-Match`.

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
    let send = |body: &serde_json::Value| {
        client.send("POST", "/api/v1/agents/a/steps", &with(&[("idempotency-key", "k")]), &body.to_string())
    };
    assert_eq!(send(&dry).expect(200)["dry_run"], true);
    let real = send(&check(5000)).expect(200);
    assert_eq!((&real["dry_run"], &real["replayed"]), (&false.into(), &serde_json::Value::Null));
    let told = send(&dry).expect(200);
    assert_eq!((&told["replayed"], &told["dry_run"], &told["step"]), (&true.into(), &false.into(), &1.into()));
    assert_eq!(step(&client, "a", &check(40))["step"], 2);
}
