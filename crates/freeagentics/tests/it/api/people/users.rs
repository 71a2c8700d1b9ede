//! From an invitation to the end of an account.

use serde_json::{Value, json};

use super::{PASSWORD, accept, invitation, join, key_of, on_both_databases, recorded, sign_in, text};
use crate::api::Installation;

on_both_databases!(
    somebody_is_invited_comes_in_changes_their_password_and_goes,
    nobody_does_more_than_their_permissions_and_bad_requests_are_told_why,
    who_is_disabled_is_out_with_all_their_keys_until_they_are_enabled,
    the_last_administrator_stays_however_somebody_tries,
);

fn somebody_is_invited_comes_in_changes_their_password_and_goes(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let invited = admin.post("/api/v1/users", &invitation(" Ann@Example.org", &["observer"])).expect(201);
    let told = ["email", "status", "roles", "mailed"].map(|name| invited[name].clone());
    assert_eq!(told, [json!("ann@example.org"), json!("invited"), json!(["observer"]), json!(false)]);
    assert_eq!(accept(&server, &invited["ticket"]).expect(200)["status"], "active");
    accept(&server, &invited["ticket"]).problem(422, "ticket_invalid");
    let ann = sign_in(&server, "ann@example.org", PASSWORD);
    ann.get("/api/v1/agents").expect(200);
    ann.get("/api/v1/users").problem(403, "forbidden");
    let change = |old: &str, new: &str| ann.post("/api/v1/password", &json!({ "old": old, "new": new }));
    change("wrong password", "vier grüne Tassen").problem(403, "password_wrong");
    let unfit = change(PASSWORD, "short").problem(422, "password_unfit");
    assert!(unfit["detail"].as_str().unwrap().contains("12 characters"), "{unfit}");
    change(PASSWORD, "vier grüne Tassen").expect(204);
    sign_in(&server, "ann@example.org", "vier grüne Tassen");
    let id = text(&invited["id"]);
    let path = format!("/api/v1/users/{id}");
    let shown = admin.get(&path).expect(200);
    assert!(shown["last_sign_in_at"].is_string() && shown.get("password").is_none(), "{shown}");
    admin.send("DELETE", &path, &[], "").expect(204);
    ann.get("/api/v1/agents").problem(401, "unauthenticated");
    admin.get(&path).problem(404, "user_not_found");
    let told = recorded(&installation, &id);
    assert_eq!(told, ["user.invite", "user.ticket_accept", "user.password_change", "user.delete"]);
    admin.post("/api/v1/users", &invitation("ann@example.org", &["observer"])).expect(201);
}

fn nobody_does_more_than_their_permissions_and_bad_requests_are_told_why(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let helper = ["users:read", "users:write", "models:read", "agents:read", "system:read"];
    let (helper, _) = key_of(&server, &admin, "/api/v1/keys", &helper);
    helper.post("/api/v1/users", &invitation("ok@example.org", &["observer"])).expect(201);
    let boss = join(&server, &admin, "boss@example.org", &["admin"]);
    for (path, body) in [("/disable", Value::Null), ("/ticket", json!({ "ticket": true }))] {
        helper.post(&boss.path(path), &body).problem(403, "grants_too_much");
    }
    helper.send("DELETE", &boss.path(""), &[], "").problem(403, "grants_too_much");
    let roles = json!({ "roles": ["observer"] }).to_string();
    let as_json = [("content-type", "application/json")];
    helper.send("PUT", &boss.path("/roles"), &as_json, &roles).problem(403, "grants_too_much");
    let body = |field: &str, value: Value| {
        let mut body = invitation("new@example.org", &["observer"]);
        body[field] = value;
        body
    };
    for (field, value, status, code) in [
        ("email", json!("boss@example.org"), 409, "email_taken"),
        ("email", json!("nobody"), 422, "email_invalid"),
        ("email", json!("\u{430}nn@example.org"), 422, "email_invalid"),
        ("name", json!("x\u{202e}y"), 422, "name_invalid"),
        ("roles", json!(["king"]), 422, "role_unknown"),
        ("roles", json!(["observer admin"]), 422, "role_unknown"),
        ("password_hash", json!("$1$x$y"), 422, "hash_invalid"),
        ("status", json!("active"), 422, "invalid_body"),
        ("workspace", json!(2), 422, "invalid_body"),
    ] {
        let told = admin.post("/api/v1/users", &body(field, value)).problem(status, code);
        assert_eq!(told["pointer"], format!("/{field}"), "{told}");
    }
    helper.post("/api/v1/users", &body("roles", json!(["admin"]))).problem(403, "grants_too_much");
    let page = admin.get("/api/v1/users?limit=1").expect(200);
    let next = admin.get(&format!("/api/v1/users?limit=1&after={}", text(&page["next"]))).expect(200);
    assert!(page["items"][0]["id"] != next["items"][0]["id"] && next["next"].is_null(), "{next}");
    let found = admin.get("/api/v1/users?email=Boss@example.org").expect(200);
    assert!(
        found["items"].as_array().unwrap().len() == 1 && found["items"][0]["email"] == "boss@example.org",
        "{found}"
    );
    assert_eq!(admin.get("/api/v1/users?email=x@example.org").expect(200)["items"], json!([]));
    admin.post("/api/v1/workspaces", &json!({ "name": "others" })).expect(201);
    admin.post("/api/v1/workspaces/2/users", &invitation("eve@example.org", &["observer"])).expect(201);
    assert_eq!(
        admin.get("/api/v1/users?email=eve@example.org").expect(200)["items"],
        json!([]),
        "of another workspace"
    );
    admin.get("/api/v1/users?limit=0").problem(400, "invalid_parameter");
    let hash = json!("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    let imported = admin.post("/api/v1/users", &body("password_hash", hash)).expect(201);
    assert_eq!((&imported["status"], &imported["ticket"]), (&json!("active"), &Value::Null));
    sign_in(&server, "new@example.org", "U*U");
}

fn who_is_disabled_is_out_with_all_their_keys_until_they_are_enabled(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let ann = join(&server, &admin, "ann@example.org", &["admin"]);
    let (key, _) = key_of(&server, &ann.client, "/api/v1/keys", &["*"]);
    let (child, _) = key_of(&server, &key, "/api/v1/keys", &["agents:read"]);
    for client in [&ann.client, &key, &child] {
        client.get("/api/v1/agents").expect(200);
    }
    assert_eq!(admin.post(&ann.path("/disable"), &Value::Null).expect(200)["status"], "disabled");
    for client in [&ann.client, &key, &child] {
        client.get("/api/v1/agents").problem(401, "unauthenticated");
    }
    let credentials = json!({ "email": "ann@example.org", "password": PASSWORD });
    server.stranger().post("/api/v1/sign-in", &credentials).problem(401, "sign_in_refused");
    let ticket = admin.post(&ann.path("/ticket"), &json!({ "ticket": true })).expect(200);
    accept(&server, &ticket["ticket"]).problem(422, "ticket_invalid");
    admin.post(&ann.path("/enable"), &Value::Null).expect(200);
    child.get("/api/v1/agents").expect(200);
    ann.client.get("/api/v1/agents").problem(401, "unauthenticated");
    let roles = json!({ "roles": ["agent_manager"] }).to_string();
    admin.send("PUT", &ann.path("/roles"), &[("content-type", "application/json")], &roles).expect(200);
    key.get("/api/v1/agents").expect(200);
    key.get("/api/v1/users").problem(403, "forbidden");
    admin.send("DELETE", &ann.path(""), &[], "").expect(204);
    for client in [&key, &child] {
        client.get("/api/v1/agents").problem(401, "unauthenticated");
    }
}

fn the_last_administrator_stays_however_somebody_tries(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let boss = join(&server, &admin, "boss@example.org", &["admin"]);
    let (own, _) = key_of(&server, &boss.client, "/api/v1/keys", &["*"]);
    let brief = json!({ "name": "brief", "permissions": ["*"], "expires_in": 60 });
    admin.post("/api/v1/keys", &brief).expect(201);
    boss.client.send("DELETE", "/api/v1/keys/bootstrap", &[], "").expect(204);
    admin.get("/api/v1/agents").problem(401, "unauthenticated");
    let roles = json!({ "roles": ["observer"] }).to_string();
    // Neither a key that ends by itself nor one that ends with its owner is an administrator who stays.
    for client in [&boss.client, &own] {
        client.post(&boss.path("/disable"), &Value::Null).problem(409, "last_administrator");
        client.send("DELETE", &boss.path(""), &[], "").problem(409, "last_administrator");
        let asked = client.send("PUT", &boss.path("/roles"), &[("content-type", "application/json")], &roles);
        asked.problem(409, "last_administrator");
    }
    let second = join(&server, &boss.client, "second@example.org", &["admin"]);
    second.client.post(&boss.path("/disable"), &Value::Null).expect(200);
    second.client.post(&second.path("/disable"), &Value::Null).problem(409, "last_administrator");
}

#[test]
fn a_hash_that_costs_far_more_than_our_own_is_not_taken_over() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let admin = server.client();
    let argon2id =
        |cost: &str| format!("$argon2id$v=19${cost},p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
    let bcrypt = |cost: u32| format!("$2b${cost}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    let import = |hash: String| {
        let mut body = invitation("new@example.org", &[]);
        body["password_hash"] = json!(hash);
        admin.post("/api/v1/users", &body)
    };
    for (hash, limit) in [
        (argon2id("m=262144,t=10"), "at most 77824"),
        (argon2id("m=19456,t=5"), "at most 77824"),
        (bcrypt(15), "a cost from 4 to 12"),
    ] {
        let told = import(hash).problem(422, "hash_invalid");
        assert!(text(&told["detail"]).contains(limit), "{told}");
    }
    import(argon2id("m=19456,t=4")).expect(201);
}
