//! Service accounts and their keys; whose a key is.

use std::time::Duration;

use serde_json::{Value, json};

use super::{invitation, join, key_of, on_both_databases, recorded, text};
use crate::api::{Client, Installation};

on_both_databases!(
    a_service_account_outlives_its_owner_and_may_what_its_roles_say,
    nobody_comes_to_more_by_a_key_or_a_service_account,
    nothing_that_is_made_with_a_key_that_expires_outlives_it,
);

fn service(client: &Client, name: &str, roles: &[&str]) -> Value {
    client.post("/api/v1/services", &json!({ "name": name, "roles": roles })).expect(201)
}

fn a_service_account_outlives_its_owner_and_may_what_its_roles_say(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let (ann, bob) =
        (join(&server, &admin, "ann@example.org", &["admin"]), join(&server, &admin, "bob@x.example", &[]));
    let made = service(&ann.client, "nightly", &["agent_manager"]);
    assert_eq!(made["owner"], ann.id);
    let id = text(&made["id"]);
    let path = format!("/api/v1/services/{id}");
    let (all, _) = key_of(&server, &ann.client, &format!("{path}/keys"), &["*"]);
    let (some, some_id) = key_of(&server, &ann.client, &format!("{path}/keys"), &["agents:read"]);
    let whoami = all.get("/api/v1/whoami").expect(200);
    assert_eq!((&whoami["id"], &whoami["kind"]), (&json!(id), &json!("service")));
    assert_eq!(whoami["administrator"], false, "all permissions of a key are those of its account");
    all.post("/api/v1/fleets/step", &json!({ "labels": { "a": "b" }, "observation": {} })).expect(200);
    all.get("/api/v1/users").problem(403, "forbidden");
    some.get("/api/v1/models").problem(403, "forbidden");
    let refused = admin.send("DELETE", &ann.path(""), &[], "").problem(409, "owns_services");
    assert_eq!(refused["services"], 1);
    admin.send("DELETE", &ann.path(&format!("?reassign_to={}", ann.id)), &[], "").problem(422, "heir_invalid");
    admin.send("DELETE", &ann.path("?reassign_to=nobody"), &[], "").problem(422, "heir_invalid");
    admin.send("DELETE", &ann.path(&format!("?reassign_to={}", bob.id)), &[], "").expect(204);
    assert_eq!(admin.get(&path).expect(200)["owner"], bob.id);
    some.get("/api/v1/agents").expect(200);
    admin.send("DELETE", &format!("/api/v1/keys/{some_id}"), &[], "").expect(204);
    some.get("/api/v1/agents").problem(401, "unauthenticated");
    all.get("/api/v1/agents").expect(200);
    let less = json!({ "name": "nightly", "roles": [] }).to_string();
    admin.send("PUT", &path, &[("content-type", "application/json")], &less).expect(200);
    all.get("/api/v1/agents").problem(403, "forbidden");
    admin.send("DELETE", &path, &[], "").expect(204);
    all.get("/api/v1/whoami").problem(401, "unauthenticated");
    assert_eq!(recorded(&installation, &id), ["service.create", "service.update", "service.delete"]);
}

fn nobody_comes_to_more_by_a_key_or_a_service_account(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let role = json!({ "name": "maker", "meaning": "Makes programs.", "permissions":
        ["keys:write", "services:write", "services:read", "agents:read", "models:read", "system:read"] });
    admin.post("/api/v1/roles", &role).expect(201);
    let maker = join(&server, &admin, "maker@example.org", &["maker"]).client;
    let wanted = |roles: &[&str]| json!({ "name": "x", "roles": roles });
    maker.post("/api/v1/services", &wanted(&["admin"])).problem(403, "grants_too_much");
    maker.post("/api/v1/services", &wanted(&["king"])).problem(422, "role_unknown");
    let owned = json!({ "name": "x", "roles": [], "owner": "nobody" });
    maker.post("/api/v1/services", &owned).problem(422, "owner_invalid");
    let strong = text(&service(&admin, "strong", &["admin"])["id"]);
    let key = json!({ "name": "x", "permissions": ["agents:read"] });
    maker.post(&format!("/api/v1/services/{strong}/keys"), &key).problem(403, "grants_too_much");
    let put = [("content-type", "application/json")];
    let path = format!("/api/v1/services/{strong}");
    maker.send("PUT", &path, &put, &wanted(&[]).to_string()).problem(403, "grants_too_much");
    maker.send("DELETE", &path, &[], "").problem(403, "grants_too_much");
    let weak = text(&service(&maker, "weak", &["observer"])["id"]);
    let every = json!({ "name": "x", "permissions": ["*"] });
    maker.post(&format!("/api/v1/services/{weak}/keys"), &every).problem(403, "grants_too_much");
    maker.send("DELETE", "/api/v1/keys/bootstrap", &[], "").problem(403, "grants_too_much");
    let brief = json!({ "name": "brief", "permissions": ["keys:write"], "expires_in": 600 });
    let made = maker.post("/api/v1/keys", &brief).expect(201);
    let brief = server.client_with(made["key"].as_str().unwrap());
    brief.post("/api/v1/keys", &json!({ "name": "x", "permissions": [] })).problem(403, "outlives_maker");
    let later = json!({ "name": "x", "permissions": [], "expires_in": 900 });
    brief.post("/api/v1/keys", &later).problem(403, "outlives_maker");
    let child = json!({ "name": "x", "permissions": [], "expires_in": 60 });
    assert_eq!(brief.post("/api/v1/keys", &child).expect(201)["owner"], made["owner"]);
}

#[test]
fn when_a_key_of_a_service_account_was_last_used_is_told_of_that_key() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let admin = server.client();
    let path = format!("/api/v1/services/{}/keys", text(&service(&admin, "nightly", &["observer"])["id"]));
    let (used, used_id) = key_of(&server, &admin, &path, &["*"]);
    let (_, idle_id) = key_of(&server, &admin, &path, &["*"]);
    used.get("/api/v1/agents").expect(200);
    // It is written down once a minute and at the end.
    server.stop();
    std::thread::sleep(Duration::from_millis(1));
    let server = installation.start();
    let listed = server.client().get("/api/v1/keys").expect(200);
    let last = |id: &str| {
        let keys = listed["items"].as_array().unwrap();
        keys.iter().find(|key| key["id"] == id).unwrap()["last_used_at"].clone()
    };
    assert!(last(&used_id).is_string() && last(&idle_id).is_null(), "{listed}");
}

fn nothing_that_is_made_with_a_key_that_expires_outlives_it(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let ann = join(&server, &admin, "ann@example.org", &["admin"]);
    let of = |expires_in: Option<u32>| json!({ "name": "x", "permissions": ["*"], "expires_in": expires_in });
    let key = |client: &Client, path: &str, expires_in| text(&client.post(path, &of(expires_in)).expect(201)["key"]);
    let brief = server.client_with(&key(&ann.client, "/api/v1/keys", Some(600)));
    let made = service(&brief, "nightly", &["admin"]);
    assert_eq!(made["owner"], ann.id, "it is asked for an heir when she goes");
    let path = format!("/api/v1/services/{}/keys", text(&made["id"]));
    for lasting in [None, Some(900)] {
        let told = brief.post(&path, &of(lasting)).problem(403, "outlives_maker");
        assert_eq!(told["pointer"], "/expires_in");
    }
    // Neither is the key of the service account a way around.
    let child = server.client_with(&key(&brief, &path, Some(60)));
    child.post(&path, &of(None)).problem(403, "outlives_maker");
    assert_eq!(service(&child, "weekly", &[])["owner"], ann.id);
    let mut taken_over = invitation("new@example.org", &["admin"]);
    taken_over["password_hash"] = json!("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    for client in [&brief, &child] {
        client.post("/api/v1/workspaces", &json!({ "name": "elsewhere" })).problem(403, "outlives_maker");
        client.post("/api/v1/users", &invitation("new@example.org", &["admin"])).problem(403, "outlives_maker");
        client.post("/api/v1/users", &taken_over).problem(403, "outlives_maker");
        let there = "/api/v1/workspaces/1/users";
        client.post(there, &invitation("new@example.org", &["admin"])).problem(403, "outlives_maker");
        client.post(&ann.path("/ticket"), &json!({ "ticket": true })).problem(403, "outlives_maker");
    }
    // Nor does it let those who stay do more than they could.
    let bob = join(&server, &admin, "bob@example.org", &["observer"]);
    let put = |client: &Client, path: &str, body: &Value| {
        client.send("PUT", path, &[("content-type", "application/json")], &body.to_string())
    };
    let role = |permissions: &[&str]| json!({ "meaning": "m", "permissions": permissions });
    admin
        .post("/api/v1/roles", &json!({ "name": "reader", "meaning": "m", "permissions": ["agents:read"] }))
        .expect(201);
    let idle = format!("/api/v1/services/{}", text(&service(&admin, "idle", &["observer"])["id"]));
    admin.post(&bob.path("/disable"), &Value::Null).expect(200);
    for (path, body) in [
        (bob.path("/roles"), json!({ "roles": ["admin"] })),
        (idle.clone(), json!({ "name": "idle", "roles": ["admin"] })),
        ("/api/v1/roles/reader".to_owned(), role(&["agents:read", "keys:write"])),
    ] {
        put(&brief, &path, &body).problem(403, "outlives_maker");
    }
    brief.post(&bob.path("/enable"), &Value::Null).problem(403, "outlives_maker");
    // Less it may give, and what stays may be taken away.
    put(&brief, &bob.path("/roles"), &json!({ "roles": [] })).expect(200);
    put(&brief, &idle, &json!({ "name": "idle", "roles": [] })).expect(200);
    put(&brief, "/api/v1/roles/reader", &role(&[])).expect(200);
    // Who stays makes all of it.
    let lasting = server.client_with(&key(&ann.client, "/api/v1/keys", None));
    for client in [&ann.client, &lasting] {
        key(client, &path, None);
    }
    assert_eq!(service(&lasting, "monthly", &[])["owner"], ann.id);
    lasting.post("/api/v1/workspaces", &json!({ "name": "elsewhere" })).expect(201);
    lasting.post("/api/v1/users", &invitation("new@example.org", &["admin"])).expect(201);
    let refused = admin.send("DELETE", &ann.path(""), &[], "").problem(409, "owns_services");
    assert_eq!(refused["services"], 3);
}
