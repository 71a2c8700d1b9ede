//! Roles that may more than who hands them on.

use serde_json::json;

use super::{helper, put};
use crate::api::people::{invitation, join};
use crate::api::{Installation, on_both_databases};

on_both_databases!(nobody_hands_on_a_role_that_may_more_than_they_do);

fn nobody_hands_on_a_role_that_may_more_than_they_do(installation: Installation) {
    let server = installation.start();
    let boss = join(&server, &server.client(), "boss@example.org", &["admin"]);
    let helper = helper(&server);
    let client = &helper.client;
    client.post("/api/v1/users", &invitation("friend@example.org", &["observer"])).expect(201);
    client.post("/api/v1/users", &invitation("eve@example.org", &["admin"])).problem(403, "grants_too_much");
    put(client, &helper.path("/roles"), &json!({ "roles": ["admin"] })).problem(403, "grants_too_much");
    put(client, &boss.path("/roles"), &json!({ "roles": [] })).problem(403, "grants_too_much");
    client.get("/api/v1/audit").problem(403, "forbidden");
}
