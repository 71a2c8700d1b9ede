//! Roles that are changed by who has them.

use serde_json::{Value, json};

use super::{helper, put};
use crate::api::{Installation, on_both_databases};

on_both_databases!(nobody_makes_their_own_role_stronger);

fn content(permissions: &[&str]) -> Value {
    json!({ "meaning": "x", "permissions": permissions })
}

fn nobody_makes_their_own_role_stronger(installation: Installation) {
    let server = installation.start();
    let strong = json!({ "name": "strong", "meaning": "x", "permissions": ["audit:read", "models:read"] });
    server.client().post("/api/v1/roles", &strong).expect(201);
    let helper = helper(&server).client;
    let weak = json!({ "name": "weak", "meaning": "x", "permissions": ["models:read"] });
    helper.post("/api/v1/roles", &weak).expect(201);
    put(&helper, "/api/v1/roles/weak", &content(&["agents:read"])).expect(200);
    let own = content(&["users:read", "roles:write", "audit:read"]);
    put(&helper, "/api/v1/roles/helper", &own).problem(403, "grants_too_much");
    let more = json!({ "name": "more", "meaning": "x", "permissions": ["audit:read"] });
    helper.post("/api/v1/roles", &more).problem(403, "grants_too_much");
    put(&helper, "/api/v1/roles/helper", &content(&["*"])).problem(422, "permission_unknown");
    put(&helper, "/api/v1/roles/strong", &content(&[])).problem(403, "grants_too_much");
    helper.send("DELETE", "/api/v1/roles/strong", &[], "").problem(403, "grants_too_much");
    helper.get("/api/v1/audit").problem(403, "forbidden");
}
