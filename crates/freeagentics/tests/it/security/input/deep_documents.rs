//! Documents that are too deep.

use serde_json::json;

use crate::api::Installation;
use crate::lamp::LAMP;

#[test]
fn what_is_too_deep_is_refused_and_costs_nobody_else_anything() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    client.post("/api/v1/agents", &json!({ "id": "a", "model": "lamp" })).expect(201);
    let json = [("content-type", "application/json")];
    for depth in [40, 127, 10_000, 100_000] {
        let (lists, objects) = (
            format!("{}{}", "[".repeat(depth), "]".repeat(depth)),
            format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)),
        );
        for deep in [&lists, &objects] {
            for (path, body) in [
                ("/api/v1/agents", format!("{{\"model\":\"lamp\",\"labels\":{deep}}}")),
                ("/api/v1/agents/a/steps", format!("{{\"observation\":{deep}}}")),
                ("/api/v1/models", format!("{{\"freeagentics\":1,\"name\":\"x\",\"note\":{deep}}}")),
                ("/api/v1/keys", deep.clone()),
            ] {
                let told = client.send("POST", path, &json, &body);
                assert!((400..500).contains(&told.status), "{path} {depth}: {} {}", told.status, told.text);
            }
        }
    }
    let deep = format!("freeagentics: 1\nname: {}x{}\n", "[".repeat(200), "]".repeat(200));
    let told = client.post_yaml("/api/v1/models", &deep).problem(422, "model_invalid");
    assert!(told.to_string().contains("deep"), "it is the depth that is named: {told}");
    client.post("/api/v1/agents/a/steps", &json!({ "observation": { "light": "steady" } })).expect(200);
}
