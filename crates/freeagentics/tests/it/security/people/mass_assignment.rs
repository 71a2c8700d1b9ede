//! Members beside those that a body has.

use serde_json::{Value, json};

use crate::api::people::invitation;
use crate::api::{Installation, on_both_databases};

on_both_databases!(what_a_body_does_not_have_is_refused_not_taken);

fn what_a_body_does_not_have_is_refused_not_taken(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let with = |mut body: Value, field: &str, value: Value| {
        body[field] = value;
        body
    };
    let user = invitation("ann@example.org", &["observer"]);
    for (field, value) in
        [("status", json!("active")), ("id", json!("u1")), ("workspace", json!(2)), ("created_by", json!("root"))]
    {
        let told = admin.post("/api/v1/users", &with(user.clone(), field, value)).problem(422, "invalid_body");
        assert_eq!(told["pointer"], format!("/{field}"));
    }
    let key = json!({ "name": "x", "permissions": [] });
    for (field, value) in [("owner", json!("u1")), ("service", json!("s1")), ("key", json!("fa_1_x_y"))] {
        admin.post("/api/v1/keys", &with(key.clone(), field, value)).problem(422, "invalid_body");
    }
    let service = json!({ "name": "x", "roles": [] });
    admin.post("/api/v1/services", &with(service, "created_by", json!("root"))).problem(422, "invalid_body");
    assert_eq!(admin.get("/api/v1/users").expect(200)["items"], json!([]), "a refusal leaves nothing behind");
    assert_eq!(admin.post("/api/v1/users", &user).expect(201)["status"], "invited");
}
