//! Ways to stay after one was thrown out.

use serde_json::json;

use super::put;
use crate::api::people::{accept, invitation, join, key_of, text};
use crate::api::{Installation, on_both_databases};

on_both_databases!(nothing_that_a_thief_made_is_left, nothing_that_a_thief_gave_is_left);

fn nothing_that_a_thief_made_is_left(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let (second, second_id) = key_of(&server, &stolen, "/api/v1/keys", &["*"]);
    let (third, _) = key_of(&server, &second, "/api/v1/keys", &["*"]);
    let service = third.post("/api/v1/services", &json!({ "name": "x", "roles": ["admin"] })).expect(201);
    let (program, _) = key_of(&server, &third, &format!("/api/v1/services/{}/keys", text(&service["id"])), &["*"]);
    let friend = join(&server, &program, "friend@example.org", &["admin"]);
    let (deep, _) = key_of(&server, &friend.client, "/api/v1/keys", &["*"]);
    let waiting = deep.post("/api/v1/users", &invitation("later@example.org", &["admin"])).expect(201);
    let (honest, _) = key_of(&server, &admin, "/api/v1/keys", &["agents:read"]);
    for id in [&second_id, &stolen_id] {
        admin.send("DELETE", &format!("/api/v1/keys/{id}"), &[], "").expect(204);
    }
    let ended = admin.send("DELETE", &format!("/api/v1/principals/{stolen_id}/made"), &[], "").expect(200);
    for client in [&stolen, &second, &third, &program, &friend.client, &deep] {
        client.get("/api/v1/whoami").problem(401, "unauthenticated");
    }
    accept(&server, &waiting["ticket"]).problem(422, "ticket_invalid");
    assert_eq!(ended["items"].as_array().unwrap().len(), 6, "{ended}");
    honest.get("/api/v1/agents").expect(200);
    admin.get("/api/v1/users").expect(200);
}

fn nothing_that_a_thief_gave_is_left(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let friend = join(&server, &admin, "friend@example.org", &["observer"]);
    let victim = join(&server, &admin, "victim@example.org", &["admin"]);
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    // Through somebody who is deleted meanwhile.
    let between = join(&server, &stolen, "between@example.org", &["admin"]);
    put(&between.client, &friend.path("/roles"), &json!({ "roles": ["observer", "admin"] })).expect(200);
    let taken = stolen.post(&victim.path("/ticket"), &json!({ "ticket": true })).expect(200);
    admin.send("DELETE", &between.path(""), &[], "").expect(204);
    friend.client.get("/api/v1/users").expect(200);
    admin.send("DELETE", &format!("/api/v1/keys/{stolen_id}"), &[], "").expect(204);
    accept(&server, &taken["ticket"]).problem(422, "ticket_invalid");
    admin.send("DELETE", &format!("/api/v1/principals/{stolen_id}/made"), &[], "").expect(200);
    friend.client.get("/api/v1/users").problem(403, "forbidden");
    friend.client.get("/api/v1/agents").expect(200);
    victim.client.get("/api/v1/users").expect(200);
}
