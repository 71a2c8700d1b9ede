//! A thief who works through a service account, which is not theirs and which others use as well.

use serde_json::json;

use crate::api::people::{accept, invitation, key_of, text};
use crate::api::{Client, Installation, on_both_databases};

on_both_databases!(what_was_made_through_an_account_that_others_use_is_told_from_theirs);

fn made(client: &Client, by: &str) -> Vec<String> {
    let items = client.get(&format!("/api/v1/principals/{by}/made")).expect(200)["items"].clone();
    let mut ids: Vec<String> = items.as_array().unwrap().iter().map(|item| text(&item["id"])).collect();
    ids.sort_unstable();
    ids
}

fn what_was_made_through_an_account_that_others_use_is_told_from_theirs(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let account = text(&admin.post("/api/v1/services", &json!({ "name": "x", "roles": ["admin"] })).expect(201)["id"]);
    let keys = format!("/api/v1/services/{account}/keys");
    let (honest, _) = key_of(&server, &admin, &keys, &["*"]);
    let (others, others_id) = key_of(&server, &honest, "/api/v1/keys", &["*"]);
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let (program, program_id) = key_of(&server, &stolen, &keys, &["*"]);
    let (further, further_id) = key_of(&server, &program, "/api/v1/keys", &["*"]);
    let own = text(&program.post("/api/v1/services", &json!({ "name": "y", "roles": ["admin"] })).expect(201)["id"]);
    let (deep, deep_id) = key_of(&server, &further, &format!("/api/v1/services/{own}/keys"), &["*"]);
    let waiting = program.post("/api/v1/users", &invitation("left@example.org", &["admin"])).expect(201);
    let mut all = vec![further_id, own, deep_id, text(&waiting["id"])];
    all.sort_unstable();
    assert_eq!(made(&admin, &program_id), all, "the key by itself is asked about, not only whom it opens");
    all.push(program_id);
    all.sort_unstable();
    assert_eq!(made(&admin, &stolen_id), all);
    admin.send("DELETE", &format!("/api/v1/keys/{stolen_id}"), &[], "").expect(204);
    admin.send("DELETE", &format!("/api/v1/principals/{stolen_id}/made"), &[], "").expect(200);
    for client in [&program, &further, &deep] {
        client.get("/api/v1/whoami").problem(401, "unauthenticated");
    }
    accept(&server, &waiting["ticket"]).problem(422, "ticket_invalid");
    for client in [&honest, &others] {
        client.get("/api/v1/whoami").expect(200);
    }
    assert!(made(&admin, &account).contains(&others_id), "whoever suspects the account itself asks about that");
}
