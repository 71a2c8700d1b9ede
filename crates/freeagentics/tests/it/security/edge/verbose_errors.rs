//! Errors that say too much.

use serde_json::json;

use crate::api::Installation;

/// What only the inside knows.
const INSIDE: [&str; 18] = [
    ".rs",
    "src/",
    "panick",
    "backtrace",
    "rusqlite",
    "sqlx",
    "sqlite",
    "postgres",
    "SELECT ",
    "INSERT ",
    "axum",
    "serde",
    "hyper",
    "tokio",
    "deserialize",
    "/tmp",
    "data/",
    "thread '",
];

#[test]
fn a_refusal_says_what_is_wrong_with_the_request_and_nothing_about_the_server() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    let json = [("content-type", "application/json")];
    let mut answers = vec![
        client.get("/api/v1/audit?limit=-1"),
        client.get("/api/v1/audit?nonsense=1"),
        client.get("/api/v1/agents?limit=x"),
        client.get("/api/v1/agents/'%20OR%201=1"),
        client.get("/api/v1/agents/%ff%fe"),
        client.get("/api/v1/models/x/versions/999999999999999999999"),
        client.post("/api/v1/keys", &json!([1, 2])),
        client.post("/api/v1/keys", &json!({ "name": { "a": 1 } })),
        client.post("/api/v1/agents", &json!({ "model": "'; DROP TABLE agents" })),
        server.client_with("fa_1_x_y").get("/api/v1/agents"),
    ];
    for body in ["", "{", "[", "\u{0}", "{\"name\":}", "nul", "\"\\ud800\""] {
        answers.push(client.send("POST", "/api/v1/keys", &json, body));
    }
    for answer in answers {
        assert!((400..500).contains(&answer.status), "{}", answer.text);
        let found = INSIDE.iter().find(|word| answer.text.contains(**word));
        assert_eq!(found, None, "{}", answer.text);
        let document = answer.json();
        assert!(document["title"].is_string() && document["request_id"].is_string());
    }
    let told = client.post("/api/v1/keys", &json!({ "name": "a", "permissions": [7] })).problem(422, "invalid_body");
    assert_eq!(told["pointer"], "/permissions/0");
}
