//! The same thing said twice.

use serde_json::json;

use crate::api::{Installation, KEY};
use crate::lamp::LAMP;
use crate::security::edge::raw;

#[test]
fn what_is_said_twice_is_refused() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    let labels = json!({ "site": "a", "kind": "b" });
    client.post("/api/v1/agents", &json!({ "id": "x", "model": "lamp", "labels": labels })).expect(201);
    let found = client.get("/api/v1/agents?label=site=a&label=kind=b").expect(200);
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    for query in
        ["limit=1&limit=1000", "model=lamp&model=other", "after=a&after=b", "label=site=a&label=site=b", "admin=true"]
    {
        client.get(&format!("/api/v1/agents?{query}")).problem(400, "invalid_parameter");
    }
    let json = [("content-type", "application/json")];
    for body in [
        r#"{"name":"a","name":"b","permissions":[]}"#,
        r#"{"name":"a","permissions":[],"permissions":["*"]}"#,
        r#"{"name":"a","permissions":[],"workspace":2}"#,
        r#"{"name":"a","permissions":[],"administrator":true}"#,
    ] {
        client.send("POST", "/api/v1/keys", &json, body).problem(422, "invalid_body");
    }
    let both = format!("authorization: Bearer wrong\r\nauthorization: Bearer {KEY}\r\n");
    let told = raw(&server, &format!("GET /api/v1/whoami HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{both}\r\n"));
    assert!(told.starts_with("HTTP/1.1 401 "), "{told}");
}
