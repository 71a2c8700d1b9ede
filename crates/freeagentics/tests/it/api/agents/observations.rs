//! What agents are told: in every form that a model allows, and what is wrong with the rest.

use serde_json::json;

use super::{check, create, get, step, with_watchdog};
use crate::api::Installation;

#[test]
fn an_observation_is_a_number_a_name_odds_or_nothing() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let observations = [
        json!({ "check": 5000 }),
        json!({ "check": "fail", "deep_probe": null }),
        json!({ "check": { "ok": 0.25, "fail": 0.75 } }),
        json!({}),
    ];
    for observation in &observations {
        step(&client, "a", &json!({ "observation": observation, "explain": "none" }));
    }
    let listed = client.get("/api/v1/agents/a/decisions").expect(200);
    let seen: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| item["observation"].clone()).collect();
    let odds = json!({ "check": { "ok": 0.25, "slow": 0.0, "fail": 0.75 } });
    assert_eq!(seen, [json!({}), odds, json!({ "check": "fail" }), json!({ "check": "fail" })]);
}

#[test]
fn how_much_is_explained_is_as_asked() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    for (explain, summary, full) in [("none", false, false), ("summary", true, false), ("full", true, true)] {
        let mut body = check(5000);
        body["explain"] = explain.into();
        let answer = step(&client, "a", &body);
        assert_eq!((answer["why"].is_string(), answer["plans"].is_array()), (summary, full), "{explain}");
        assert_eq!((answer["considered"].is_array(), answer["marginals"].is_object()), (summary, full), "{explain}");
    }
}

#[test]
fn everything_that_is_wrong_with_an_observation_is_told_at_its_place() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let body = json!({
        "observation": { "chekc": 40, "deep_probe": "nothing" },
        "executed_action": { "action": "restrat" },
        "elapsed": 0,
    });
    let problem = client.post("/api/v1/agents/a/steps", &body).problem(422, "observation_invalid");
    let places: Vec<&str> =
        problem["problems"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(places, ["/executed_action/action", "/elapsed", "/observation/chekc", "/observation/deep_probe"]);
    assert!(problem["problems"].as_array().unwrap().iter().all(|one| !one["mend"].as_str().unwrap().is_empty()));
    assert_eq!((&problem["pointer"], &problem["omitted"]), (&problem["problems"][0]["pointer"], &json!(0)));
    for observation in [json!(null), json!([]), json!("ok"), json!({ "check": [1, 2] }), json!({ "check": -1 })] {
        let problem = client.post("/api/v1/agents/a/steps", &json!({ "observation": observation }));
        problem.problem(422, "observation_invalid");
    }
    assert_eq!(get(&client, "a")["revision"], 1, "nothing was done");
}

#[test]
fn a_body_that_is_no_step_is_refused_at_its_place() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "observation": {}, "explain": "all" }), "/explain"),
        (json!({ "observation": {}, "elapsed": -1 }), "/elapsed"),
        (json!({ "observation": {}, "elapsed": 1.5 }), "/elapsed"),
        (json!({ "observation": {}, "dry_run": "yes" }), "/dry_run"),
        (json!({ "observation": {}, "dryrun": true }), "/dryrun"),
    ] {
        let problem = client.post("/api/v1/agents/a/steps", &body).problem(422, "invalid_body");
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
    }
    let headers = [("content-type", "application/json")];
    let sent = |body: &str| client.send("POST", "/api/v1/agents/a/steps", &headers, body);
    sent("{\"observation\":").problem(400, "malformed_json");
    sent("{\"observation\":{}}x").problem(400, "malformed_json");
    sent(r#"{"observation":{"check":1e999}}"#).problem(422, "observation_invalid");
    sent(r#"{"observation":{"check":40,"check":41}}"#).problem(422, "observation_invalid");
    let deep = format!(r#"{{"observation":{}{}}}"#, r#"{"check":"#.repeat(200), "1".to_owned() + &"}".repeat(200));
    sent(&deep).problem(422, "observation_invalid");
    client.send("POST", "/api/v1/agents/a/steps", &[], "{}").problem(415, "unsupported_media_type");
    server.client().post("/api/v1/agents/nobody/steps", &check(40)).problem(404, "agent_not_found");
}

#[test]
fn what_the_model_calls_impossible_is_refused_if_the_model_says_so() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    let model = "\
freeagentics: 1
name: coin
factors:    { coin: [heads] }
modalities: { side: [up, down] }
controls:   { hand: [wait, stop] }
likelihood: { side: { given: [coin], columns: { heads: { up: 1, down: 0 } } } }
transition: { coin: { given: [coin], columns: { heads: heads } } }
prior:      { coin: [1] }
agent:      { policy_length: 1, impossible: refuse }
";
    client.post_yaml("/api/v1/models", model).expect(201);
    client.post("/api/v1/agents", &json!({ "id": "a", "model": "coin" })).expect(201);
    let problem = client.post("/api/v1/agents/a/steps", &json!({ "observation": { "side": "down" } }));
    assert!(problem.problem(422, "observation_impossible")["free_energy"].as_f64().unwrap() > 30.0);
    step(&client, "a", &json!({ "observation": { "side": "up" } }));
}
