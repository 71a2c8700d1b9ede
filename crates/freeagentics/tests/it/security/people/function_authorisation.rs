//! Administrators' routes, called by somebody who looks on.

use serde_json::json;

use super::put;
use crate::api::people::{invitation, join};
use crate::api::{Installation, on_both_databases};

on_both_databases!(who_looks_on_does_nothing_else);

fn who_looks_on_does_nothing_else(installation: Installation) {
    let server = installation.start();
    let observer = join(&server, &server.client(), "ann@example.org", &["observer"]);
    let ann = &observer.client;
    ann.get("/api/v1/agents").expect(200);
    put(ann, &observer.path("/roles"), &json!({ "roles": ["observer"] })).problem(403, "forbidden");
    ann.get("/api/v1/audit").problem(403, "forbidden");
    let role = json!({ "name": "x", "meaning": "x", "permissions": [] });
    for (path, body) in [
        ("users", invitation("bob@example.org", &[])),
        ("roles", role),
        ("keys", json!({ "name": "x", "permissions": [] })),
        ("services", json!({ "name": "x", "roles": [] })),
        ("workspaces", json!({ "name": "x" })),
    ] {
        ann.post(&format!("/api/v1/{path}"), &body).problem(403, "forbidden");
    }
}
