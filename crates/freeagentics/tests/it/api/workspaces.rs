//! Two workspaces of one server: nothing of one is seen or reached from the other.

use axiomcore::identity::Permissions;
use serde_json::{Value, json};

use super::agents::{WATCHDOG, check, create, get, step, with_watchdog};
use super::live::Events;
use super::{Client, Installation, on_both_databases};

on_both_databases!(
    nothing_of_a_workspace_is_found_from_another,
    two_workspaces_use_the_same_names_and_hear_only_themselves,
);

/// A client of another workspace, where it may do everything.
fn neighbour(installation: &Installation, server: &super::Server) -> Client {
    let beside = installation.beside();
    server.client_with(&beside.key(beside.workspace("neighbours"), Permissions::Every).0)
}

fn nothing_of_a_workspace_is_found_from_another(installation: Installation) {
    let server = with_watchdog(&installation);
    let (client, other) = (server.client(), neighbour(&installation, &server));
    create(&client, "a");
    step(&client, "a", &check(5000));
    let before = get(&client, "a");
    let body = json!({ "labels": {} });
    other.get("/api/v1/agents/a").problem(404, "agent_not_found");
    other.get("/api/v1/agents/a/decisions").problem(404, "agent_not_found");
    other.get("/api/v1/agents/a/decisions/1").problem(404, "agent_not_found");
    other.get("/api/v1/agents/a/events").problem(404, "agent_not_found");
    other.post("/api/v1/agents/a/steps", &check(40)).problem(404, "agent_not_found");
    other.post("/api/v1/agents/a/reset", &json!({})).problem(404, "agent_not_found");
    other
        .send("PUT", "/api/v1/agents/a/labels", &super::agents::with(&[]), &body.to_string())
        .problem(404, "agent_not_found");
    other.send("DELETE", "/api/v1/agents/a", &[], "").problem(404, "agent_not_found");
    other.get("/api/v1/models/watchdog").problem(404, "model_not_found");
    other.post("/api/v1/agents", &json!({ "model": "watchdog" })).problem(404, "model_not_found");
    for list in ["agents", "agents?label=team=a", "agents?model=watchdog", "models"] {
        assert_eq!(other.get(&format!("/api/v1/{list}")).expect(200)["items"], json!([]), "{list}");
    }
    let fleet = json!({ "labels": { "team": "a" }, "observation": {} });
    assert_eq!(other.post("/api/v1/fleets/step", &fleet).expect(200), json!({ "items": [] }));
    let reset = other.post("/api/v1/fleets/reset", &json!({ "labels": { "team": "a" } })).expect(200);
    assert_eq!(reset, json!({ "reset": 0, "failed": [] }));
    assert_eq!(other.get("/api/v1/fleets/export?label=team=a").text, "");
    assert_eq!(get(&client, "a"), before);
}

fn two_workspaces_use_the_same_names_and_hear_only_themselves(installation: Installation) {
    let server = with_watchdog(&installation);
    let (client, other) = (server.client(), neighbour(&installation, &server));
    create(&client, "a");
    let hears = ["/api/v1/events", "/api/v1/events?label=team=a"];
    let ours = hears.map(|path| Events::open(&client, path, &[]));
    let theirs = hears.map(|path| Events::open(&other, path, &[]));
    other.post_yaml("/api/v1/models", &WATCHDOG.replace("gamma: 8", "gamma: 4")).expect(201);
    create(&other, "a");
    step(&client, "a", &check(5000));
    let deleted = |client: &Client| client.send("DELETE", "/api/v1/agents/a", &[], "").expect(204);
    deleted(&client);
    assert_eq!(step(&other, "a", &check(5000))["step"], 1, "theirs is there, though ours is gone");
    deleted(&other);
    let kinds = |events: &[super::live::Event]| -> Vec<String> { events.iter().map(|one| one.kind.clone()).collect() };
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!((kinds(&ours.take(2)), ours.is_silent()), (vec!["step".into(), "deleted".into()], true));
        assert_eq!(kinds(&theirs.take(3)), ["created", "step", "deleted"]);
        assert!(theirs.is_silent());
    }
    for (client, kinds_of_all) in [(&client, 3), (&other, 3)] {
        let past = Events::open(client, "/api/v1/events?after=0", &[]);
        assert_eq!(kinds(&past.take(kinds_of_all)), ["created", "step", "deleted"]);
        assert!(past.is_silent(), "the past of the others is not told either");
        let counts: Value = client.get("/api/v1/system").expect(200)["counts"].take();
        assert_eq!((&counts["models"], &counts["agents"]), (&json!(1), &json!(0)));
    }
}
