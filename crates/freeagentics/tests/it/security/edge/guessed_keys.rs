//! Keys that are tried until one works.

use serde_json::json;

use crate::api::Installation;

#[test]
fn after_too_many_wrong_keys_even_a_right_one_is_not_looked_up() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "limits.unauthenticated=5/1h"]);
    let client = server.client();
    let wanted = json!({ "name": "lucky guess", "permissions": ["agents:read"] });
    let right = client.post("/api/v1/keys", &wanted).expect(201)["key"].as_str().unwrap().to_owned();
    let statuses: Vec<u16> =
        (0..8).map(|n| server.client_with(&format!("fa_1_{n:032}_{n:064}")).get("/api/v1/agents").status).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429, 429]);
    server.client_with(&right).get("/api/v1/agents").problem(429, "rate_limited");
    server.stranger().get("/api/v1/agents").problem(429, "rate_limited");
    client.get("/api/v1/agents").expect(200);
}
