//! Service accounts that may more than who manages them.

use serde_json::json;

use super::{helper, put};
use crate::api::{Installation, on_both_databases};

on_both_databases!(a_service_account_is_no_way_to_more);

fn a_service_account_is_no_way_to_more(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let strong = admin.post("/api/v1/services", &json!({ "name": "strong", "roles": ["admin"] })).expect(201);
    let strong = format!("/api/v1/services/{}", strong["id"].as_str().unwrap());
    let helper = helper(&server).client;
    let own = helper.post("/api/v1/services", &json!({ "name": "own", "roles": ["observer"] })).expect(201);
    let own = format!("/api/v1/services/{}", own["id"].as_str().unwrap());
    put(&helper, &own, &json!({ "name": "still own", "roles": [] })).expect(200);
    put(&helper, &own, &json!({ "name": "own", "roles": ["admin"] })).problem(403, "grants_too_much");
    helper.post("/api/v1/services", &json!({ "name": "x", "roles": ["admin"] })).problem(403, "grants_too_much");
    let key = |permissions: &[&str]| json!({ "name": "x", "permissions": permissions });
    helper.post(&format!("{strong}/keys"), &key(&["agents:read"])).problem(403, "grants_too_much");
    helper.post(&format!("{own}/keys"), &key(&["*"])).problem(403, "grants_too_much");
    put(&helper, &strong, &json!({ "name": "mine", "roles": [] })).problem(403, "grants_too_much");
    helper.send("DELETE", &strong, &[], "").problem(403, "grants_too_much");
}
