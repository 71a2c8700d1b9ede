//! Making agents.

use serde_json::json;

use super::{WATCHDOG, create, get, with_watchdog};
use crate::api::Installation;

#[test]
fn an_agent_without_an_id_gets_one_and_one_without_a_seed_the_seed_of_its_id() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    let made = client.post("/api/v1/agents", &json!({ "model": "watchdog@1" })).expect(201);
    let id = made["id"].as_str().unwrap();
    assert!(id.len() == 36 && id.as_bytes()[14] == b'7', "a UUID of version 7: {id}");
    assert_eq!(get(&client, id), made);
    let given =
        client.post("/api/v1/agents", &json!({ "id": "a", "model": "watchdog", "seed": 9_007_199_254_740_991_u64 }));
    assert_eq!(given.expect(201)["seed"], 9_007_199_254_740_991_u64);
    let (b, c) = (create(&client, "b"), create(&client, "c"));
    assert!(b["seed"].is_u64() && b["seed"] != c["seed"]);
}

#[test]
fn an_agent_stays_with_the_version_that_was_the_latest_when_it_was_made() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "old");
    client.post_yaml("/api/v1/models", &WATCHDOG.replace("gamma: 8", "gamma: 4")).expect(201);
    create(&client, "new");
    let version = |id: &str| get(&client, id)["model"]["version"].clone();
    assert_eq!((version("old"), version("new")), (json!(1), json!(2)));
}

#[test]
fn what_is_no_agent_is_refused_at_its_place() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    let many: serde_json::Map<_, _> = (0..33).map(|n| (format!("l{n}"), json!(""))).collect();
    for (body, pointer) in [
        (json!({ "id": ".a", "model": "watchdog" }), "/id"),
        (json!({ "id": "a b", "model": "watchdog" }), "/id"),
        (json!({ "id": "a".repeat(129), "model": "watchdog" }), "/id"),
        (json!({ "id": 7, "model": "watchdog" }), "/id"),
        (json!({ "id": "a" }), ""),
        (json!({ "id": "a", "model": "watchdog@0" }), "/model"),
        (json!({ "id": "a", "model": "watch dog" }), "/model"),
        (json!({ "id": "a", "model": "watchdog", "seed": -1 }), "/seed"),
        (json!({ "id": "a", "model": "watchdog", "seed": 9_007_199_254_740_992_u64 }), "/seed"),
        (json!({ "id": "a", "model": "watchdog", "labels": { "": "x" } }), "/labels"),
        (json!({ "id": "a", "model": "watchdog", "labels": { "team": "ä" } }), "/labels"),
        (json!({ "id": "a", "model": "watchdog", "labels": { "team": 7 } }), "/labels/team"),
        (json!({ "id": "a", "model": "watchdog", "labels": many }), "/labels"),
        (json!({ "id": "a", "model": "watchdog", "lables": {} }), "/lables"),
        (json!([]), ""),
    ] {
        let problem = client.post("/api/v1/agents", &body).problem(422, "invalid_body");
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
    }
    let twice = r#"{"id":"a","model":"watchdog","labels":{"team":"a","team":"b"}}"#;
    let headers = [("content-type", "application/json")];
    client.send("POST", "/api/v1/agents", &headers, twice).problem(422, "invalid_body");
    for missing in ["lamp", "watchdog@2"] {
        let problem =
            client.post("/api/v1/agents", &json!({ "id": "a", "model": missing })).problem(404, "model_not_found");
        assert_eq!(problem["pointer"], "/model");
    }
    client.get("/api/v1/agents/a").problem(404, "agent_not_found");
    client.get("/api/v1/agents/a%20b").problem(400, "invalid_parameter");
    client.get("/api/v1/agents/.a").problem(400, "invalid_parameter");
}
