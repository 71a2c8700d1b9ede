//! `freeagentics steps`, as far as it is decided before a server is asked.

use serde_json::{Value, json};

use super::client::{Scripted, answer};
use super::file;

/// The body of a request.
fn body(request: &str) -> Value {
    serde_json::from_str(request.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

#[test]
fn a_step_says_what_was_seen_and_what_was_really_done() {
    let done = answer("200 OK", "", r#"{"agent":"a","step":1}"#);
    let arguments = ["steps", "a", "--observe", "check=5000", "--observe", "deep_probe=dead", "--executed", "probe"];
    let more = ["--elapsed", "3", "--dry-run", "--explain", "full", "--idempotency-key", "k", "--if-match", "9"];
    let (said, asked) = Scripted::answering(&[&done]).asked_by(&[&arguments[..], &more].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let expected = json!({
        "observation": { "check": 5000, "deep_probe": "dead" }, "executed_action": "probe", "elapsed": 3, "dry_run": true,
        "explain": "full",
    });
    assert_eq!(body(&asked[0]), expected);
    assert!(asked[0].starts_with("POST /api/v1/agents/a/steps HTTP/1.1\r\n"), "{}", asked[0]);
    assert!(asked[0].contains("idempotency-key: k\r\n") && asked[0].contains("if-match: \"9\"\r\n"), "{}", asked[0]);
}

#[test]
fn a_step_without_an_observation_is_taken_only_when_that_is_said() {
    let said = super::freeagentics(&["steps", "a"]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("--observe <NAME=VALUE>") && said.err.contains("--json <TEXT>"), "{}", said.err);
    let done = answer("200 OK", "", r#"{"agent":"a","step":1}"#);
    let (said, asked) = Scripted::answering(&[&done]).asked_by(&["steps", "a", "--json", "{}"]);
    assert_eq!((said.code, &body(&asked[0])["observation"]), (0, &json!({})), "{}", said.err);
}

#[test]
fn lines_of_a_file_are_sent_together_each_under_a_name_of_its_own() {
    let lines = file("steps.jsonl", "{\"check\": 38}\n\n{\"check\": 5000, \"executed\": \"probe\"}\n");
    let body_of_answer = json!({ "items": [
        { "status": 200, "result": { "agent": "a", "step": 1, "action": { "action": "wait" } } },
        { "status": 422, "problem": { "code": "observation_invalid", "detail": "no such name", "mend": "write `check`" } },
    ] });
    let done = answer("200 OK", "", &body_of_answer.to_string());
    let arguments = ["steps", "a", "--file", &lines, "--idempotency-key", "monday", "--explain", "none"];
    let (said, asked) = Scripted::answering(&[&done]).asked_by(&arguments);
    let expected = json!({ "explain": "none", "items": [
        { "observation": { "check": 38 }, "agent": "a", "idempotency_key": "monday:1" },
        { "observation": { "check": 5000 }, "executed_action": "probe", "agent": "a", "idempotency_key": "monday:3" },
    ] });
    assert_eq!(body(&asked[0]), expected);
    assert_eq!((said.code, said.out.as_str()), (5, "a  step 1  →  wait\n"));
    assert_eq!(said.err, "error: steps.jsonl:3: no such name\n mend: write `check`\n");
}

#[test]
fn lines_before_a_wrong_one_are_sent_and_it_is_named() {
    let lines = file("broken.jsonl", "{\"agent\": \"a\", \"observation\": {}}\n{\"observation\": {}}\n");
    let done = answer("200 OK", "", r#"{"items":[{"status":200,"result":{"agent":"a","step":1}}]}"#);
    let (said, asked) = Scripted::answering(&[&done]).asked_by(&["steps", "--file", &lines, "--output", "json"]);
    assert_eq!((said.code, asked.len()), (4, 1));
    assert_eq!(said.error()["place"], "broken.jsonl:2");
    assert_eq!(said.json()[0]["result"]["step"], 1);
}

#[test]
fn of_what_is_wrong_with_an_observation_everything_is_told_once() {
    let problem = |name: &str, line: u32| {
        json!({ "code": "unknown_name", "pointer": format!("/observation/{name}"), "line": line, "column": 1,
            "message": format!("`{name}` is not a modality"), "mend": "write `check`" })
    };
    let body = json!({ "code": "observation_invalid", "detail": "`chekc` is not a modality", "mend": "write `check`",
        "problems": [problem("chekc", 1), problem("prboe", 2)] });
    let refused = answer("422 Unprocessable Content", "", &body.to_string());
    let (said, _) = Scripted::answering(&[&refused]).asked_by(&["steps", "a", "--observe", "chekc=1"]);
    assert_eq!((said.code, said.err.matches("`chekc` is not a modality").count()), (5, 1), "{}", said.err);
    assert!(said.err.contains("unknown_name at /observation/prboe (line 2, column 1)"), "{}", said.err);
}
