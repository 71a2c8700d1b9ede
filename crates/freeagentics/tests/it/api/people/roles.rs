//! Roles that a workspace makes.

use serde_json::{Value, json};

use super::{join, on_both_databases, recorded};
use crate::api::{Client, Installation};

on_both_databases!(
    a_role_takes_effect_at_once_and_goes_without_a_trace,
    nobody_makes_a_role_that_may_more_than_they_do
);

fn put(client: &Client, path: &str, body: &Value) -> crate::api::client::Answer {
    client.send("PUT", path, &[("content-type", "application/json")], &body.to_string())
}

fn content(permissions: &[&str]) -> Value {
    json!({ "meaning": "Looks after models.", "permissions": permissions })
}

fn named(name: &str, permissions: &[&str]) -> Value {
    json!({ "name": name, "meaning": "Looks after models.", "permissions": permissions })
}

fn a_role_takes_effect_at_once_and_goes_without_a_trace(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let role = "/api/v1/roles/curator";
    let made = admin.post("/api/v1/roles", &named("curator", &["models:read"])).expect(201);
    assert_eq!((&made["built_in"], &made["permissions"]), (&json!(false), &json!(["models:read"])));
    let ann = join(&server, &admin, "ann@example.org", &["curator"]);
    ann.client.get("/api/v1/models").expect(200);
    ann.client.get("/api/v1/agents").problem(403, "forbidden");
    put(&admin, role, &content(&["agents:read"])).expect(200);
    ann.client.get("/api/v1/agents").expect(200);
    ann.client.get("/api/v1/models").problem(403, "forbidden");
    admin.send("DELETE", role, &[], "").expect(204);
    ann.client.get("/api/v1/agents").problem(403, "forbidden");
    admin.post("/api/v1/roles", &named("curator", &["models:read"])).expect(201);
    ann.client.get("/api/v1/models").problem(403, "forbidden");
    assert_eq!(admin.get(&ann.path("")).expect(200)["roles"], json!([]), "a later role of the name is not theirs");
    let listed = admin.get("/api/v1/roles").expect(200);
    let names: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["admin", "researcher", "agent_manager", "observer", "curator"]);
    let told = recorded(&installation, "curator");
    assert_eq!(told, ["role.create", "role.update", "role.delete", "role.create"]);
}

fn nobody_makes_a_role_that_may_more_than_they_do(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    admin.post("/api/v1/roles", &named("strong", &["models:read", "models:write"])).expect(201);
    let own = ["roles:write", "users:read", "models:read"];
    admin.post("/api/v1/roles", &named("maker", &own)).expect(201);
    let maker = join(&server, &admin, "maker@example.org", &["maker"]).client;
    maker.post("/api/v1/roles", &named("weak", &["models:read"])).expect(201);
    maker.post("/api/v1/roles", &named("more", &["models:write"])).problem(403, "grants_too_much");
    put(&maker, "/api/v1/roles/weak", &content(&["models:write"])).problem(403, "grants_too_much");
    put(&maker, "/api/v1/roles/maker", &content(&["models:write"])).problem(403, "grants_too_much");
    put(&maker, "/api/v1/roles/strong", &content(&["models:read"])).problem(403, "grants_too_much");
    maker.send("DELETE", "/api/v1/roles/strong", &[], "").problem(403, "grants_too_much");
    put(&admin, "/api/v1/roles/admin", &content(&[])).problem(404, "role_not_found");
    admin.send("DELETE", "/api/v1/roles/observer", &[], "").problem(404, "role_not_found");
    for (body, status, code, pointer) in [
        (named("observer", &[]), 409, "role_exists", "/name"),
        (named("strong", &[]), 409, "role_exists", "/name"),
        (named("Strong", &[]), 422, "role_invalid", "/name"),
        (named("a b", &[]), 422, "role_invalid", "/name"),
        (json!({ "name": "x", "meaning": " ", "permissions": [] }), 422, "role_invalid", "/meaning"),
        (named("x", &["*"]), 422, "permission_unknown", "/permissions"),
        (named("x", &["models:reed"]), 422, "permission_unknown", "/permissions"),
    ] {
        assert_eq!(admin.post("/api/v1/roles", &body).problem(status, code)["pointer"], pointer, "{body}");
    }
}
