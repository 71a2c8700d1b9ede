//! Requests that claim to be others.

use serde_json::json;

use crate::api::Installation;
use crate::lamp::LAMP;

#[test]
fn a_method_is_what_it_is() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    client.post("/api/v1/agents", &json!({ "id": "a", "model": "lamp" })).expect(201);
    for name in ["x-http-method-override", "x-http-method", "x-method-override", "x-original-method", "_method"] {
        client.send("GET", "/api/v1/agents/a", &[(name, "DELETE")], "").expect(200);
        let told = client.send("POST", "/api/v1/agents/a", &[(name, "DELETE")], "");
        assert_eq!(told.status, 405, "{name}: {}", told.text);
        client.get("/api/v1/agents/a").expect(200);
    }
    for target in ["/api/v1/agents/a?_method=DELETE", "/api/v1/agents/a?method=DELETE"] {
        let told = client.send("POST", target, &[], "");
        assert_eq!(told.status, 405, "{target}");
    }
    for method in ["TRACE", "TRACK", "PROPFIND", "MOVE", "DEBUG", "delete", "Delete", "FOO"] {
        let told = client.send(method, "/api/v1/agents/a", &[], "");
        assert!([400, 405].contains(&told.status), "{method}: {}", told.status);
        assert!(!told.text.contains("authorization"), "nothing is sent back as it came");
    }
    client.get("/api/v1/agents/a").expect(200);
    client.send("DELETE", "/api/v1/agents/a", &[], "").expect(204);
}
