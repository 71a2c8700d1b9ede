//! What somebody leaves behind, and its end.

use serde_json::{Value, json};

use super::{Client, Installation, accept, invitation, join, key_of, on_both_databases, recorded, sign_in, text};

on_both_databases!(
    what_a_key_has_made_is_seen_and_ended_as_one,
    what_somebody_made_stays_when_they_are_demoted_until_it_is_ended,
    only_what_was_made_since_a_moment_is_ended,
    nobody_ends_more_than_they_may_or_themselves,
);

fn made(client: &Client, by: &str) -> Vec<String> {
    let items = client.get(&format!("/api/v1/principals/{by}/made")).expect(200)["items"].clone();
    items.as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
}

fn end(client: &Client, by: &str) -> super::Answer {
    client.send("DELETE", &format!("/api/v1/principals/{by}/made"), &[], "")
}

fn service(client: &Client) -> String {
    text(&client.post("/api/v1/services", &json!({ "name": "nightly", "roles": ["admin"] })).expect(201)["id"])
}

fn what_a_key_has_made_is_seen_and_ended_as_one(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let (child, child_id) = key_of(&server, &stolen, "/api/v1/keys", &["*"]);
    let (grandchild, grandchild_id) = key_of(&server, &child, "/api/v1/keys", &["agents:read"]);
    let service_id = service(&child);
    let (program, program_id) = key_of(&server, &child, &format!("/api/v1/services/{service_id}/keys"), &["*"]);
    let mallory = join(&server, &stolen, "mallory@example.org", &["observer"]);
    let waiting = child.post("/api/v1/users", &invitation("later@example.org", &["admin"])).expect(201);
    let (honest, honest_id) = key_of(&server, &admin, "/api/v1/keys", &["agents:read"]);
    // One in between is gone already: what it has made is found all the same.
    for id in [&stolen_id, &child_id] {
        admin.send("DELETE", &format!("/api/v1/keys/{id}"), &[], "").expect(204);
    }
    program.get("/api/v1/whoami").expect(200);
    let left = made(&admin, &stolen_id);
    let waiting_id = text(&waiting["id"]);
    assert_eq!(left.len(), 5, "{left:?}");
    for id in [&grandchild_id, &service_id, &program_id, &mallory.id, &waiting_id] {
        assert!(left.contains(id), "{id} of {left:?}");
    }
    let ended = end(&admin, &stolen_id).expect(200);
    assert_eq!(ended["items"].as_array().unwrap().len(), 5, "{ended}");
    for client in [&grandchild, &program, &mallory.client] {
        client.get("/api/v1/whoami").problem(401, "unauthenticated");
    }
    accept(&server, &waiting["ticket"]).problem(422, "ticket_invalid");
    assert_eq!(made(&admin, &stolen_id), Vec::<String>::new());
    assert_eq!(recorded(&installation, &program_id), ["key.create", "key.revoke"]);
    assert_eq!(recorded(&installation, &waiting_id), ["user.invite", "user.disable"]);
    assert_eq!(recorded(&installation, &stolen_id), ["key.create", "key.revoke", "made.end"]);
    honest.get("/api/v1/agents").expect(200);
    assert!(!left.contains(&honest_id));
    // Whoever was honest is let in again.
    admin.post(&mallory.path("/enable"), &Value::Null).expect(200);
    sign_in(&server, "mallory@example.org", super::PASSWORD);
    for method in ["GET", "DELETE"] {
        let nobody = admin.send(method, "/api/v1/principals/nobody/made", &[], "");
        nobody.problem(404, "principal_not_found");
        let when = admin.send(method, &format!("/api/v1/principals/{stolen_id}/made?since=yesterday"), &[], "");
        assert!(when.problem(400, "invalid_parameter")["detail"].as_str().unwrap().contains("2026-01-31T12:00:00Z"));
    }
}

fn what_somebody_made_stays_when_they_are_demoted_until_it_is_ended(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let ann = join(&server, &admin, "ann@example.org", &["admin"]);
    let (own, own_id) = key_of(&server, &ann.client, "/api/v1/keys", &["*"]);
    let service_id = service(&ann.client);
    let (program, program_id) = key_of(&server, &ann.client, &format!("/api/v1/services/{service_id}/keys"), &["*"]);
    let put = |path: &str, body: &Value| {
        admin.send("PUT", path, &[("content-type", "application/json")], &body.to_string()).expect(200)
    };
    put(&ann.path("/roles"), &json!({ "roles": ["observer"] }));
    // What is theirs shrinks with them, at once.
    own.get("/api/v1/users").problem(403, "forbidden");
    // A service account is none of theirs.
    program.get("/api/v1/users").expect(200);
    let mut left = made(&admin, &ann.id);
    left.sort_unstable();
    let mut all = vec![own_id, service_id, program_id];
    all.sort_unstable();
    assert_eq!(left, all);
    end(&admin, &ann.id).expect(200);
    program.get("/api/v1/users").problem(401, "unauthenticated");
    ann.client.get("/api/v1/whoami").expect(200);
}

fn only_what_was_made_since_a_moment_is_ended(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let (before, _) = key_of(&server, &stolen, "/api/v1/keys", &["agents:read"]);
    let (later, later_id) = key_of(&server, &stolen, "/api/v1/keys", &["agents:read"]);
    // As if it had been long ago; the moment is that of the other.
    let beside = installation.beside();
    beside.execute(&format!(
        "UPDATE credentials SET created_at = created_at - 3600000 WHERE created_by = '{stolen_id}' AND id <> '{later_id}'"
    ));
    let listed = admin.get(&format!("/api/v1/principals/{stolen_id}/made")).expect(200)["items"].clone();
    let moment = text(&listed[1]["made_at"]);
    let since = format!("/api/v1/principals/{stolen_id}/made?since={moment}");
    let items = admin.get(&since).expect(200)["items"].clone();
    assert_eq!((items.as_array().unwrap().len(), &items[0]["id"]), (1, &json!(later_id)), "{items}");
    admin.send("DELETE", &since, &[], "").expect(200);
    later.get("/api/v1/agents").problem(401, "unauthenticated");
    before.get("/api/v1/agents").expect(200);
}

fn nobody_ends_more_than_they_may_or_themselves(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let ann = join(&server, &admin, "ann@example.org", &["admin"]);
    let (program, _) = key_of(&server, &ann.client, "/api/v1/keys", &["agents:read"]);
    let (keeper, _) = key_of(&server, &admin, "/api/v1/keys", &["keys:read", "keys:write", "agents:read"]);
    // The bootstrap key has made an administrator, and a key that may no more than this one.
    end(&keeper, "bootstrap").problem(403, "grants_too_much");
    end(&keeper, &ann.id).expect(200);
    program.get("/api/v1/agents").problem(401, "unauthenticated");
    // Whoever asks stays, though the key that let them in has made them.
    let (own, _) = key_of(&server, &ann.client, "/api/v1/keys", &["*"]);
    own.send("DELETE", "/api/v1/principals/bootstrap/made", &[], "").expect(200);
    own.get("/api/v1/whoami").expect(200);
    ann.client.get("/api/v1/whoami").expect(200);
    keeper.get("/api/v1/whoami").problem(401, "unauthenticated");
    // The last administrator stays: a key that expires is none.
    let brief = json!({ "name": "brief", "permissions": ["*"], "expires_in": 600 });
    let brief = server.client_with(&text(&admin.post("/api/v1/keys", &brief).expect(201)["key"]));
    ann.client.send("DELETE", "/api/v1/keys/bootstrap", &[], "").expect(204);
    end(&brief, "bootstrap").problem(409, "last_administrator");
    own.get("/api/v1/whoami").expect(200);
}
