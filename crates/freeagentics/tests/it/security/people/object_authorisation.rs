//! Ids of another workspace's things.

use serde_json::json;

use super::put;
use crate::api::{Installation, on_both_databases};

on_both_databases!(an_id_of_another_workspace_is_the_id_of_nothing);

fn an_id_of_another_workspace_is_the_id_of_nothing(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let made = admin.post("/api/v1/services", &json!({ "name": "nightly", "roles": [] })).expect(201);
    let path = format!("/api/v1/services/{}", made["id"].as_str().unwrap());
    let other = admin.post("/api/v1/workspaces", &json!({ "name": "acme" })).expect(201);
    let other = server.client_with(other["administrator"]["key"].as_str().unwrap());
    other.get(&path).problem(404, "service_not_found");
    put(&other, &path, &json!({ "name": "mine", "roles": ["admin"] })).problem(404, "service_not_found");
    let key = json!({ "name": "x", "permissions": ["*"] });
    other.post(&format!("{path}/keys"), &key).problem(404, "service_not_found");
    other.send("DELETE", &path, &[], "").problem(404, "service_not_found");
    assert_eq!(admin.get(&path).expect(200), made);
}
