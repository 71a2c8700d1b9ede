//! `/api/v1/agents/{id}/decisions`: what was decided, and why.

use serde_json::{Value, json};

use super::agents::{check, create, step, with, with_watchdog};
use super::{Installation, on_both_databases};

on_both_databases!(decisions_are_listed_newest_first_a_page_at_a_time_across_episodes);

fn decisions_are_listed_newest_first_a_page_at_a_time_across_episodes(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let mut told = Vec::new();
    for n in 1..=130 {
        told.push(step(&client, "a", &check(if n % 7 == 0 { 5000 } else { 40 })));
        if n % 50 == 0 {
            client.post("/api/v1/agents/a/reset", &json!({})).expect(200);
        }
    }
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/api/v1/agents/a/decisions?limit=40{before}")).expect(200);
        seen.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_u64() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    seen.reverse();
    let short = |all: &[Value]| -> Vec<Value> {
        let members = ["step", "episode", "revision", "digest", "action", "recorded_at"];
        all.iter().map(|one| members.iter().map(|member| one[*member].clone()).collect()).collect()
    };
    assert_eq!(short(&seen), short(&told));
    assert_eq!(seen[129]["episode"], 3);
    for number in [1, 50, 51, 100, 101, 130] {
        let decision = client.get(&format!("/api/v1/agents/a/decisions/{number}")).expect(200);
        assert_eq!(decision["replay"]["identical"], true);
        let expected = told[number - 1].as_object().unwrap();
        assert!(expected.iter().all(|(member, value)| decision[member] == *value), "{decision}");
    }
}

#[test]
fn a_decision_tells_what_was_seen_done_and_by_whom() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    step(&client, "a", &check(5000));
    let body = json!({ "observation": { "check": 40 }, "executed_action": { "action": "restart" }, "elapsed": 3 });
    let second = step(&client, "a", &body);
    let listed = client.get("/api/v1/agents/a/decisions?limit=1").expect(200);
    let expected = json!({
        "step": 2, "episode": 1, "revision": 3, "kind": "step", "recorded_at": second["recorded_at"],
        "observation": { "check": "ok" }, "executed_action": { "action": "restart" }, "elapsed": 3,
        "action": second["action"], "digest": second["digest"], "principal": "bootstrap",
    });
    assert_eq!((&listed["items"][0], &listed["next"]), (&expected, &json!(2)));
    let explained = client.get("/api/v1/agents/a/decisions/2").expect(200);
    for member in ["observation", "executed_action", "elapsed", "principal"] {
        assert_eq!(explained[member], expected[member], "{member}");
    }
    let first = client.get("/api/v1/agents/a/decisions?before=2").expect(200);
    assert_eq!((&first["items"][0]["executed_action"], &first["next"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_decision_that_was_never_made_is_not_found() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    assert_eq!(client.get("/api/v1/agents/a/decisions").expect(200), json!({ "items": [], "next": null }));
    client.get("/api/v1/agents/a/decisions/1").problem(404, "decision_not_found");
    step(&client, "a", &check(40));
    client.post("/api/v1/agents/a/reset", &json!({})).expect(200);
    for missing in ["0", "2", "9007199254740991"] {
        client.get(&format!("/api/v1/agents/a/decisions/{missing}")).problem(404, "decision_not_found");
    }
    client.get("/api/v1/agents/nobody/decisions/1").problem(404, "agent_not_found");
    for wrong in ["1?explain=all", "one", "-1", "1?x=1"] {
        client.get(&format!("/api/v1/agents/a/decisions/{wrong}")).problem(400, "invalid_parameter");
    }
    for wrong in ["limit=0", "limit=1001", "before=x", "after=1"] {
        client.get(&format!("/api/v1/agents/a/decisions?{wrong}")).problem(400, "invalid_parameter");
    }
    let keyed = with(&[("idempotency-key", "k")]);
    client.send("POST", "/api/v1/agents/a/steps", &keyed, &check(40).to_string()).expect(200);
    assert_eq!(client.get("/api/v1/agents/a/decisions/2?explain=none").expect(200)["why"], Value::Null);
}

#[test]
fn a_page_that_holds_exactly_the_rest_is_the_last_one() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    for _ in 0..4 {
        step(&client, "a", &check(40));
    }
    let next = |query: &str| client.get(&format!("/api/v1/agents/a/decisions?{query}")).expect(200)["next"].clone();
    assert_eq!((next("limit=2"), next("limit=2&before=3"), next("limit=4")), (json!(3), Value::Null, Value::Null));
}

#[test]
fn a_decision_that_was_altered_in_the_log_is_said_to_be_another() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let told = step(&client, "a", &check(5000))["digest"].as_str().unwrap().to_owned();
    let forged = format!("{}{}", if told.starts_with('0') { "1" } else { "0" }, &told[1..]);
    let alter = format!(
        "UPDATE events SET body = unhex(replace(hex(body), upper('{told}'), upper('{forged}'))) WHERE revision = 2"
    );
    installation.beside().execute(&alter);
    let replay = client.get("/api/v1/agents/a/decisions/1").expect(200)["replay"].clone();
    assert_eq!((&replay["identical"], &replay["numerics"]), (&json!(false), &replay["computed_numerics"]));
    assert_eq!((&replay["recorded_digest"], &replay["computed_digest"]), (&json!(forged), &json!(told)));
}

#[test]
fn a_decision_names_the_key_that_gave_the_observation() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    create(&server.client(), "a");
    let (key, id) = installation.beside().key(1, super::beside::only(&["agents:step", "agents:read"]));
    let other = server.client_with(&key);
    step(&other, "a", &check(40));
    let listed = other.get("/api/v1/agents/a/decisions").expect(200);
    assert_eq!(listed["items"][0]["principal"], id);
}
