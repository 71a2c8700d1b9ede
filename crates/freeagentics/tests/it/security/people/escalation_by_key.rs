//! Keys that would do what their makers may not.

use serde_json::{Value, json};

use super::{helper, put};
use crate::api::people::key_of;
use crate::api::{Installation, on_both_databases};

on_both_databases!(a_key_is_no_way_to_more);

fn a_key_is_no_way_to_more(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let helper = helper(&server);
    let (key, _) = key_of(&server, &helper.client, "/api/v1/keys", &["keys:write", "agents:read"]);
    key.get("/api/v1/agents").expect(200);
    let of = |permissions: &[&str]| json!({ "name": "x", "permissions": permissions });
    for client in [&helper.client, &key] {
        client.post("/api/v1/keys", &of(&["*"])).problem(403, "grants_too_much");
        client.post("/api/v1/keys", &of(&["audit:read"])).problem(403, "grants_too_much");
        client.send("DELETE", "/api/v1/keys/bootstrap", &[], "").problem(403, "grants_too_much");
    }
    let brief = json!({ "name": "x", "permissions": ["keys:write"], "expires_in": 60 });
    let brief = helper.client.post("/api/v1/keys", &brief).expect(201)["key"].as_str().unwrap().to_owned();
    server.client_with(&brief).post("/api/v1/keys", &of(&[])).problem(403, "outlives_maker");
    put(&admin, &helper.path("/roles"), &json!({ "roles": [] })).expect(200);
    key.get("/api/v1/agents").problem(403, "forbidden");
    admin.post(&helper.path("/disable"), &Value::Null).expect(200);
    key.get("/api/v1/agents").problem(401, "unauthenticated");
}
