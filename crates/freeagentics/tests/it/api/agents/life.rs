//! One life, on both databases: made, stepped, asked why, retried, in conflict, reset, deleted.

use serde_json::{Value, json};

use super::{check, create, get, step, with, with_watchdog};
use crate::api::{Installation, on_both_databases};

on_both_databases!(an_agent_lives_is_asked_why_and_dies);

fn an_agent_lives_is_asked_why_and_dies(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    let made = client.post("/api/v1/agents", &json!({ "id": "web-1", "model": "watchdog", "labels": { "team": "a" } }));
    let agent = made.expect(201);
    assert_eq!((made.header("location"), made.header("etag")), (Some("/api/v1/agents/web-1"), Some("\"1\"")));
    assert_eq!((&agent["model"]["name"], &agent["model"]["version"]), (&json!("watchdog"), &json!(1)));
    assert_eq!((&agent["step"], &agent["episode"], &agent["revision"]), (&json!(0), &json!(1), &json!(1)));
    assert_eq!(
        (&agent["beliefs"], &agent["action"], &agent["created_by"]),
        (&Value::Null, &Value::Null, &json!("bootstrap"))
    );

    // It decides, and says why.
    let answer = client.post("/api/v1/agents/web-1/steps", &check(5000));
    let first = answer.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!((answer.header("etag"), &first["revision"], &first["step"]), (Some("\"2\""), &json!(2), &json!(1)));
    assert_eq!((&first["model"], &first["action"]["action"]), (&json!("watchdog@1"), &json!("probe")));
    assert!(first["why"].as_str().unwrap().contains("probe") && first["considered"].as_array().unwrap().len() == 4);
    assert!(
        first["beliefs"]["service"]["healthy"].as_f64().is_some() && first["plans"].is_null(),
        "a summary: {first}"
    );
    assert_eq!(client.get("/api/v1/agents/web-1").header("etag"), Some("\"2\""));
    let now = get(&client, "web-1");
    assert_eq!((&now["beliefs"], &now["action"], &now["step"]), (&first["beliefs"], &first["action"], &json!(1)));

    // The same decision again, from the log, to the same bits.
    let again = client.get("/api/v1/agents/web-1/decisions/1?explain=full").expect(200);
    assert_eq!(again["replay"]["identical"], true, "{again}");
    assert_eq!(
        (&again["digest"], &again["beliefs"], &again["why"]),
        (&first["digest"], &first["beliefs"], &first["why"])
    );
    assert_eq!(again["plans"].as_array().unwrap().len(), 64);
    assert_eq!(again["replay"]["recorded_digest"], first["digest"]);

    // What was really done counts, and a dry run leaves no trace.
    let body =
        json!({ "observation": { "check": 5000, "deep_probe": "dead" }, "executed_action": "probe", "elapsed": 2 });
    let mut dry = body.clone();
    dry["dry_run"] = json!(true);
    let answer = client.post("/api/v1/agents/web-1/steps", &dry);
    let rehearsed = answer.expect(200);
    assert_eq!((answer.header("etag"), &rehearsed["dry_run"], &rehearsed["step"]), (None, &json!(true), &json!(2)));
    assert_eq!(get(&client, "web-1"), now);
    let keyed = with(&[("idempotency-key", "second")]);
    let answer = client.send("POST", "/api/v1/agents/web-1/steps", &keyed, &body.to_string());
    let second = answer.expect(200);
    assert_eq!((&second["digest"], answer.header("idempotent-replay")), (&rehearsed["digest"], None));

    // The same key again is the same answer; another body with it is a mistake.
    let retried = client.send("POST", "/api/v1/agents/web-1/steps", &keyed, &body.to_string());
    assert_eq!((retried.header("idempotent-replay"), retried.header("etag")), (Some("true"), Some("\"3\"")));
    let mut replayed = retried.expect(200);
    assert_eq!(replayed["replayed"].take(), true);
    replayed.as_object_mut().unwrap().remove("replayed");
    assert_eq!(replayed, second);
    let other = client.send("POST", "/api/v1/agents/web-1/steps", &keyed, &check(40).to_string());
    other.problem(422, "idempotency_key_reused");

    // Whoever looked before is told that things have moved on.
    let late =
        client.send("POST", "/api/v1/agents/web-1/steps", &with(&[("if-match", "\"2\"")]), &check(40).to_string());
    assert_eq!(late.problem(412, "revision_mismatch")["revision"], 3);
    let in_time =
        client.send("POST", "/api/v1/agents/web-1/steps", &with(&[("if-match", "\"3\"")]), &check(40).to_string());
    assert_eq!(in_time.expect(200)["step"], 3);

    // A new episode begins from the prior; steps go on counting.
    let reset = client.send("POST", "/api/v1/agents/web-1/reset", &with(&[("idempotency-key", "anew")]), "{}");
    assert_eq!(reset.expect(200), json!({ "id": "web-1", "episode": 2, "revision": 5, "step": 3 }));
    let once = client.send("POST", "/api/v1/agents/web-1/reset", &with(&[("idempotency-key", "anew")]), "{}");
    assert_eq!((once.expect(200), once.header("idempotent-replay")), (reset.expect(200), Some("true")));
    let fresh = get(&client, "web-1");
    assert_eq!((&fresh["beliefs"], &fresh["step"], &fresh["episode"]), (&Value::Null, &json!(3), &json!(2)));
    let fourth = step(&client, "web-1", &check(5000));
    assert_eq!((&fourth["step"], &fourth["beliefs"]), (&json!(4), &first["beliefs"]));

    // Deleted is deleted.
    client.send("DELETE", "/api/v1/agents/web-1", &[("if-match", "\"5\"")], "").problem(412, "revision_mismatch");
    assert_eq!(client.send("DELETE", "/api/v1/agents/web-1", &[("if-match", "\"6\"")], "").status, 204);
    client.get("/api/v1/agents/web-1").problem(410, "agent_deleted");
    client.post("/api/v1/agents/web-1/steps", &check(40)).problem(410, "agent_deleted");
    client.get("/api/v1/agents/web-1/decisions").problem(410, "agent_deleted");
    client.send("DELETE", "/api/v1/agents/web-1", &[], "").problem(410, "agent_deleted");
    let taken = client.post("/api/v1/agents", &json!({ "id": "web-1", "model": "watchdog" }));
    assert_eq!(taken.problem(409, "agent_exists")["pointer"], "/id");
    create(&client, "web-2");
    let listed = client.get("/api/v1/agents").expect(200);
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (1, &json!("web-2")));
}
