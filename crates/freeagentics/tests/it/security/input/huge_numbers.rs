//! Numbers that are too large.

use serde_json::json;

use crate::api::Installation;
use crate::lamp::LAMP;

#[test]
fn numbers_have_their_bounds() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    client.post("/api/v1/agents", &json!({ "id": "a", "model": "lamp" })).expect(201);
    client.get("/api/v1/agents?limit=1000").expect(200);
    for limit in
        ["1001", "99999999", "18446744073709551615", "18446744073709551616", "1e3", "-1", "0", "NaN", "0x10", "1.5"]
    {
        client.get(&format!("/api/v1/agents?limit={limit}")).problem(400, "invalid_parameter");
        client.get(&format!("/api/v1/keys?limit={limit}"));
    }
    for version in ["0", "-1", "99999999999999999999", "1e9"] {
        let told = client.get(&format!("/api/v1/models/lamp/versions/{version}"));
        assert!([400, 404].contains(&told.status), "{version}: {}", told.text);
    }
    let json = [("content-type", "application/json")];
    for number in ["1e999", "-1e999", "123456789012345678901234567890", "1e-999999999", "00", "0x10", "NaN", "Infinity"]
    {
        let body = format!("{{\"observation\":{{\"light\":{number}}}}}");
        let told = client.send("POST", "/api/v1/agents/a/steps", &json, &body);
        assert!((400..500).contains(&told.status), "{number}: {} {}", told.status, told.text);
        let body = format!("{{\"name\":\"a\",\"permissions\":[],\"expires_in\":{number}}}");
        let told = client.send("POST", "/api/v1/keys", &json, &body);
        assert!((400..500).contains(&told.status), "{number}: {} {}", told.status, told.text);
    }
    let many: Vec<_> = (0..10_001).map(|n| json!({ "id": format!("a{n}"), "model": "lamp" })).collect();
    client.post("/api/v1/agents/batch", &json!({ "agents": many })).problem(422, "too_many_items");
    client.post("/api/v1/agents/a/steps", &json!({ "observation": { "light": "steady" } })).expect(200);
}
