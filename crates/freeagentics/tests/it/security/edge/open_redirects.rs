//! Addresses of ours that lead elsewhere.

use serde_json::json;

use crate::api::Installation;
use crate::lamp::LAMP;
use crate::security::edge::raw;

#[test]
fn nothing_leads_to_another_host() {
    let installation = Installation::sqlite();
    let server = installation.start();
    for target in [
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "/%2f%2fevil.example",
        "/https://evil.example",
        "/errors/",
        "/api/v1/",
        "/?next=https://evil.example",
        "/errors?redirect=https://evil.example&url=//evil.example&return_to=//evil.example",
        "/api/v1/agents/?continue=https://evil.example",
    ] {
        let told = raw(&server, &format!("GET {target} HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n"));
        let status = told.split(' ').nth(1).unwrap_or_default();
        assert!(!status.starts_with('3'), "{target}: {told}");
        assert!(!told.to_ascii_lowercase().contains("\r\nlocation:"), "{target}: {told}");
    }
    let client = server.client();
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    let headers = [("content-type", "application/json"), ("x-forwarded-host", "evil.example")];
    let made = client.send("POST", "/api/v1/agents", &headers, &json!({ "id": "a", "model": "lamp" }).to_string());
    made.expect(201);
    let location = made.header("location").unwrap_or("/api/v1/agents/a");
    assert_eq!(location, "/api/v1/agents/a");
    client.get(location).expect(200);
}
