//! What was made is followed by whom it was made by, by the credential that it was made with, and by when.

use serde_json::{Value, json};

use super::{Client, Installation, accept, invitation, join, key_of, on_both_databases, recorded, sign_in, text};

on_both_databases!(
    what_was_made_in_a_session_is_told_from_what_its_holder_made_otherwise,
    what_was_made_before_credentials_were_noted_is_followed_by_its_maker,
    what_was_made_in_between_stays_a_thiefs,
    roles_that_were_made_or_widened_are_taken_back,
);

/// Each as its kind, its id, and what of it is meant.
fn made(client: &Client, by: &str) -> Vec<String> {
    let items = client.get(&format!("/api/v1/principals/{by}/made")).expect(200)["items"].clone();
    let told = |item: &Value| {
        let parts = ["kind", "id", "permission"].map(|name| item[name].as_str().unwrap_or_default().to_owned());
        parts.join(" ").trim_end().to_owned()
    };
    let mut told: Vec<String> = items.as_array().unwrap().iter().map(told).collect();
    told.sort_unstable();
    told
}

fn end(client: &Client, by: &str) -> super::Answer {
    client.send("DELETE", &format!("/api/v1/principals/{by}/made"), &[], "")
}

fn put(client: &Client, path: &str, body: &Value) -> Value {
    client.send("PUT", path, &[("content-type", "application/json")], &body.to_string()).expect(200)
}

fn what_was_made_in_a_session_is_told_from_what_its_holder_made_otherwise(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let ann = join(&server, &admin, "ann@example.org", &["admin"]);
    let stolen = sign_in(&server, "ann@example.org", super::PASSWORD);
    let session = stolen.get("/api/v1/sessions").expect(200)["items"].clone();
    let is_own = |item: &&Value| item["current"] == json!(true);
    let session = text(&session.as_array().unwrap().iter().find(is_own).unwrap()["id"]);
    let (_, own) = key_of(&server, &ann.client, "/api/v1/keys", &["*"]);
    let (left, left_id) = key_of(&server, &stolen, "/api/v1/keys", &["*"]);
    let (_, deep) = key_of(&server, &left, "/api/v1/keys", &["agents:read"]);
    let waiting = stolen.post("/api/v1/users", &invitation("later@example.org", &["observer"])).expect(201);
    let mut theirs = vec![format!("key {left_id}"), format!("key {deep}"), format!("user {}", text(&waiting["id"]))];
    theirs.sort_unstable();
    assert_eq!(made(&admin, &session), theirs);
    theirs.push(format!("key {own}"));
    theirs.sort_unstable();
    assert_eq!(made(&admin, &ann.id), theirs);
    // Whoever signs out takes back nothing that they gave.
    stolen.send("DELETE", &format!("/api/v1/sessions/{session}"), &[], "").expect(204);
    accept(&server, &waiting["ticket"]).expect(200);
    end(&admin, &session).expect(200);
    left.get("/api/v1/whoami").problem(401, "unauthenticated");
    assert_eq!(made(&admin, &ann.id), [format!("key {own}")]);
}

fn what_was_made_before_credentials_were_noted_is_followed_by_its_maker(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let account = text(&admin.post("/api/v1/services", &json!({ "name": "x", "roles": ["admin"] })).expect(201)["id"]);
    let (program, program_id) = key_of(&server, &admin, &format!("/api/v1/services/{account}/keys"), &["*"]);
    let (_, left) = key_of(&server, &program, "/api/v1/keys", &["*"]);
    assert_eq!(made(&admin, &program_id), [format!("key {left}")]);
    installation.beside().execute("UPDATE credentials SET made_with = NULL");
    assert_eq!(made(&admin, &program_id), Vec::<String>::new());
    assert_eq!(made(&admin, &account), [format!("key {left}")]);
}

fn what_was_made_in_between_stays_a_thiefs(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let ex = join(&server, &admin, "ex@example.org", &["admin"]);
    admin.post(&ex.path("/disable"), &Value::Null).expect(200);
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    stolen.post(&ex.path("/enable"), &Value::Null).expect(200);
    let again = sign_in(&server, "ex@example.org", super::PASSWORD);
    let account = text(&again.post("/api/v1/services", &json!({ "name": "x", "roles": [] })).expect(201)["id"]);
    let (_, left) = key_of(&server, &again, &format!("/api/v1/services/{account}/keys"), &["agents:read"]);
    // Seen by hand, and let in by somebody who may.
    admin.post(&ex.path("/disable"), &Value::Null).expect(200);
    admin.post(&ex.path("/enable"), &Value::Null).expect(200);
    assert_eq!(made(&admin, &stolen_id), [format!("key {left}"), format!("service {account}")]);
    // Nor does deleting hide it.
    let heir = join(&server, &admin, "heir@example.org", &["observer"]);
    admin.send("DELETE", &ex.path(&format!("?reassign_to={}", heir.id)), &[], "").expect(204);
    assert_eq!(made(&admin, &stolen_id), [format!("key {left}"), format!("service {account}")]);
}

fn roles_that_were_made_or_widened_are_taken_back(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let role = |permissions: &[&str]| json!({ "name": "reader", "meaning": "m", "permissions": permissions });
    admin.post("/api/v1/roles", &role(&["agents:read"])).expect(201);
    let bob = join(&server, &admin, "bob@example.org", &["reader"]);
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let own = json!({ "name": "left", "meaning": "m", "permissions": ["users:read", "keys:write"] });
    stolen.post("/api/v1/roles", &own).expect(201);
    put(&stolen, &bob.path("/roles"), &json!({ "roles": ["reader", "left"] }));
    let changed = |permissions: &[&str]| json!({ "meaning": "m", "permissions": permissions });
    let path = "/api/v1/roles/reader";
    put(&stolen, path, &changed(&["agents:read", "users:write", "models:read", "audit:read"]));
    // Taken away and given by somebody else: it is theirs then.
    put(&admin, path, &changed(&["agents:read", "users:write", "models:read"]));
    put(&admin, path, &changed(&["agents:read", "users:write", "models:read", "audit:read"]));
    let told = ["custom_role left", "permission reader models:read", "permission reader users:write"];
    assert_eq!(made(&admin, &stolen_id), told, "the role that is deleted is not taken back from anybody as well");
    let (keeper, _) = key_of(&server, &admin, "/api/v1/keys", &["keys:read", "keys:write", "users:read"]);
    assert_eq!(end(&keeper, &stolen_id).problem(403, "forbidden")["permission"], "roles:write");
    bob.client.get("/api/v1/users").expect(200);
    end(&admin, &stolen_id).expect(200);
    let roles = admin.get("/api/v1/roles").expect(200)["items"].clone();
    let of = |name: &str| roles.as_array().unwrap().iter().find(|role| role["name"] == name).cloned();
    assert_eq!(of("left"), None);
    assert_eq!(of("reader").unwrap()["permissions"], json!(["agents:read", "audit:read"]));
    assert_eq!(admin.get(&bob.path("")).expect(200)["roles"], json!(["reader"]));
    bob.client.get("/api/v1/users").problem(403, "forbidden");
    bob.client.get("/api/v1/agents").expect(200);
    let updates = ["role.create", "role.update", "role.update", "role.update", "role.update", "role.update"];
    assert_eq!(recorded(&installation, "reader"), updates);
    assert_eq!(recorded(&installation, "left"), ["role.create", "role.delete"]);
    assert_eq!(made(&admin, &stolen_id), Vec::<String>::new());
}
