//! More requests than anybody needs.

use serde_json::json;

use crate::api::Installation;

#[test]
fn a_stranger_is_refused_after_so_many_and_who_has_a_key_is_not() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "limits.open=5/1h"]);
    let stranger = server.stranger();
    for _ in 0..5 {
        stranger.get("/openapi.json").expect(200);
    }
    for path in ["/openapi.json", "/nowhere", "/"] {
        let refused = stranger.get(path);
        refused.problem(429, "rate_limited");
        assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
        assert!(refused.header("ratelimit").unwrap().contains("r=0"));
    }
    assert_eq!(stranger.get("/health/live").status, 200, "probes are not refused");
    server.client().get("/api/v1/whoami").expect(200);
}

#[test]
fn a_key_is_refused_after_so_many_of_a_kind_and_others_are_not() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "limits.read=5/1h", "--set", "limits.write=2/1h"]);
    let client = server.client();
    let wanted = json!({ "name": "other", "permissions": ["agents:read"] });
    let other = client.post("/api/v1/keys", &wanted).expect(201)["key"].as_str().unwrap().to_owned();
    for _ in 0..5 {
        client.get("/api/v1/agents").expect(200);
    }
    assert_eq!(client.get("/api/v1/agents").problem(429, "rate_limited")["class"], "read");
    client.get("/api/v1/models").problem(429, "rate_limited");
    client.post("/api/v1/keys", &wanted).expect(201);
    assert_eq!(client.post("/api/v1/keys", &wanted).problem(429, "rate_limited")["class"], "write");
    server.client_with(&other).get("/api/v1/agents").expect(200);
}
