//! What administrators of one workspace may do to others: nothing.

use serde_json::json;

use super::put;
use crate::api::people::invitation;
use crate::api::{Installation, on_both_databases};

on_both_databases!(all_permissions_of_a_workspace_end_at_its_border);

fn all_permissions_of_a_workspace_end_at_its_border(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let made = admin.post("/api/v1/workspaces", &json!({ "name": "acme" })).expect(201);
    let acme = server.client_with(made["administrator"]["key"].as_str().unwrap());
    let path = format!("/api/v1/workspaces/{}", made["id"]);
    acme.post("/api/v1/workspaces", &json!({ "name": "more" })).problem(403, "default_workspace_only");
    put(&acme, &path, &json!({ "name": "mine" })).problem(403, "default_workspace_only");
    put(&acme, "/api/v1/workspaces/1", &json!({ "name": "mine" })).problem(404, "workspace_not_found");
    let eve = invitation("eve@example.org", &["admin"]);
    acme.post("/api/v1/workspaces/1/users", &eve).problem(404, "workspace_not_found");
    let seen = acme.get("/api/v1/workspaces").expect(200);
    assert_eq!(seen["items"].as_array().unwrap().len(), 1, "{seen}");
    put(&admin, &path, &json!({ "name": "acme & sons" })).expect(200);
    admin.post(&format!("{path}/users"), &eve).expect(201);
}
