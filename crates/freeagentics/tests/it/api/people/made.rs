//! What somebody leaves behind, and its end.

use serde_json::{Value, json};

use super::{Client, Installation, accept, invitation, join, key_of, on_both_databases, recorded, sign_in, text};

on_both_databases!(
    what_a_key_has_made_is_seen_and_ended_as_one,
    what_somebody_made_stays_when_they_are_demoted_until_it_is_ended,
    only_what_was_made_since_a_moment_is_ended,
    who_is_deleted_in_between_hides_nothing,
    what_was_given_is_taken_back,
    tickets_end_with_who_issued_them,
    it_takes_what_it_takes_to_end_each_by_itself,
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
    let (before, _) = key_of(&server, &stolen, "/api/v1/keys", &["agents:read", "keys:write"]);
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
    // What has been made since by what had been made before.
    let (_, fresh_id) = key_of(&server, &before, "/api/v1/keys", &["agents:read"]);
    let items = admin.get(&since).expect(200)["items"].clone();
    assert_eq!((items.as_array().unwrap().len(), &items[0]["id"]), (1, &json!(fresh_id)), "{items}");
}

fn who_is_deleted_in_between_hides_nothing(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let heir = join(&server, &admin, "heir@example.org", &["observer"]);
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let mallory = join(&server, &stolen, "mallory@example.org", &["admin"]);
    let service_id = service(&mallory.client);
    let keys = format!("/api/v1/services/{service_id}/keys");
    let (program, program_id) = key_of(&server, &mallory.client, &keys, &["*"]);
    let waiting = program.post("/api/v1/users", &invitation("later@example.org", &["admin"])).expect(201);
    let leaving = mallory.path(&format!("?reassign_to={}", heir.id));
    admin.send("DELETE", &leaving, &[], "").expect(204);
    let mut left = made(&admin, &stolen_id);
    left.sort_unstable();
    let mut all = vec![service_id.clone(), program_id, text(&waiting["id"])];
    all.sort_unstable();
    assert_eq!(left, all, "what is gone in between has made it all the same");
    assert_eq!(made(&admin, &mallory.id).len(), 3, "who is gone can be asked about");
    admin.send("DELETE", &format!("/api/v1/services/{service_id}"), &[], "").expect(204);
    assert_eq!(made(&admin, &stolen_id), [text(&waiting["id"])]);
    end(&admin, &stolen_id).expect(200);
    assert_eq!(made(&admin, &stolen_id), Vec::<String>::new());
}

fn what_was_given_is_taken_back(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let put = |client: &Client, path: &str, body: &Value| {
        client.send("PUT", path, &[("content-type", "application/json")], &body.to_string()).expect(200)
    };
    let bob = join(&server, &admin, "bob@example.org", &["observer"]);
    let zoe = join(&server, &admin, "zoe@example.org", &["observer"]);
    let account = admin.post("/api/v1/services", &json!({ "name": "x", "roles": ["observer"] })).expect(201);
    let account = format!("/api/v1/services/{}", text(&account["id"]));
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let more = json!({ "name": "x", "roles": ["observer", "admin"] });
    put(&stolen, &bob.path("/roles"), &json!({ "roles": ["observer", "researcher"] }));
    put(&stolen, &zoe.path("/roles"), &json!({ "roles": ["observer", "researcher"] }));
    put(&stolen, &account, &more);
    stolen.post(&zoe.path("/ticket"), &json!({ "ticket": true })).expect(200);
    // Taken away and given by somebody else: it is theirs then.
    put(&admin, &zoe.path("/roles"), &json!({ "roles": ["observer"] }));
    put(&admin, &zoe.path("/roles"), &json!({ "roles": ["observer", "researcher"] }));
    let listed = admin.get(&format!("/api/v1/principals/{stolen_id}/made")).expect(200);
    let told =
        |item: &Value| [&item["kind"], &item["id"], &item["role"]].map(|value| value.as_str().map(str::to_owned));
    let mut told: Vec<_> = listed["items"].as_array().unwrap().iter().map(told).collect();
    told.sort_unstable();
    let some = |text: &str| Some(text.to_owned());
    let account_id = some(account.rsplit('/').next().unwrap());
    let mut all = vec![
        [some("role"), Some(bob.id.clone()), some("researcher")],
        [some("role"), account_id, some("admin")],
        [some("ticket"), Some(zoe.id.clone()), None],
    ];
    all.sort_unstable();
    assert_eq!(told, all, "{listed}");
    end(&admin, &stolen_id).expect(200);
    let roles = |path: &str| admin.get(path).expect(200)["roles"].clone();
    assert_eq!(roles(&bob.path("")), json!(["observer"]));
    assert_eq!(roles(&account), json!(["observer"]));
    assert_eq!(roles(&zoe.path("")), json!(["observer", "researcher"]));
    assert_eq!(recorded(&installation, &bob.id).last().unwrap(), "user.roles");
    assert_eq!(recorded(&installation, &zoe.id).last().unwrap(), "user.ticket_end");
    assert_eq!(made(&admin, &stolen_id), Vec::<String>::new());
    bob.client.get("/api/v1/agents").expect(200);
}

fn tickets_end_with_who_issued_them(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let service_id = service(&admin);
    let keys = format!("/api/v1/services/{service_id}/keys");
    let (program, program_id) = key_of(&server, &admin, &keys, &["*"]);
    let (key, key_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let ann = join(&server, &admin, "ann@example.org", &["admin"]);
    let (own, _) = key_of(&server, &ann.client, "/api/v1/keys", &["*"]);
    let north = admin.post("/api/v1/workspaces", &json!({ "name": "north" })).expect(201);
    let elsewhere = format!("/api/v1/workspaces/{}/users", north["id"]);
    let ticket = |client: &Client, path: &str, email: &str| {
        client.post(path, &invitation(email, &[])).expect(201)["ticket"].clone()
    };
    let of_key = [ticket(&key, "/api/v1/users", "a@example.org"), ticket(&key, &elsewhere, "b@example.org")];
    let of_program = ticket(&program, "/api/v1/users", "c@example.org");
    let of_ann =
        [ticket(&ann.client, "/api/v1/users", "d@example.org"), ticket(&own, "/api/v1/users", "e@example.org")];
    let honest = ticket(&admin, "/api/v1/users", "f@example.org");
    for id in [&key_id, &program_id] {
        admin.send("DELETE", &format!("/api/v1/keys/{id}"), &[], "").expect(204);
    }
    admin.post(&ann.path("/disable"), &Value::Null).expect(200);
    admin.post(&ann.path("/enable"), &Value::Null).expect(200);
    for ticket in of_key.iter().chain(&of_ann).chain([&of_program]) {
        accept(&server, ticket).problem(422, "ticket_invalid");
    }
    accept(&server, &honest).expect(200);
}

fn it_takes_what_it_takes_to_end_each_by_itself(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let ann = join(&server, &admin, "ann@example.org", &["admin"]);
    let (_, own_id) = key_of(&server, &ann.client, "/api/v1/keys", &["agents:read"]);
    let account = ann.client.post("/api/v1/services", &json!({ "name": "x", "roles": [] })).expect(201);
    let keys = format!("/api/v1/services/{}/keys", text(&account["id"]));
    let (program, program_id) = key_of(&server, &ann.client, &keys, &["agents:read"]);
    let may = ["keys:read", "keys:write", "agents:read"];
    let (keeper, _) = key_of(&server, &admin, "/api/v1/keys", &may);
    let path = format!("/api/v1/principals/{}/made", ann.id);
    let seen = keeper.get(&path).expect(200);
    let ids: Vec<String> = seen["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect();
    assert_eq!((ids, &seen["withheld"]), (vec![own_id, program_id], &json!(1)), "{seen}");
    let refused = end(&keeper, &ann.id).problem(403, "forbidden");
    assert_eq!(refused["permission"], "services:write");
    program.get("/api/v1/whoami").expect(200);
    let (caretaker, _) = key_of(&server, &admin, "/api/v1/keys", &[&may[..], &["services:write"]].concat());
    assert_eq!(end(&caretaker, &ann.id).expect(200)["items"].as_array().unwrap().len(), 3);
    program.get("/api/v1/whoami").problem(401, "unauthenticated");
}

fn nobody_ends_more_than_they_may_or_themselves(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let ann = join(&server, &admin, "ann@example.org", &["admin"]);
    let (program, _) = key_of(&server, &ann.client, "/api/v1/keys", &["agents:read"]);
    let may = ["keys:read", "keys:write", "users:write", "agents:read"];
    let (keeper, _) = key_of(&server, &admin, "/api/v1/keys", &may);
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
