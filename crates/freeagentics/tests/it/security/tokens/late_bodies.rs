//! Bodies that come long after the headers, from who may not any more by then.

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::begun::Begun;
use crate::api::{Client, Installation, on_both_databases};

on_both_databases!(who_has_lost_everything_gets_nothing_done_by_sending_slowly);

/// Longer than it takes until a body is late.
const PAUSE: Duration = Duration::from_millis(700);

/// A key, by its id and what it is shown by.
fn key(admin: &Client, body: &Value) -> (String, String) {
    let made = admin.post("/api/v1/keys", body).expect(201);
    (made["id"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned())
}

fn who_has_lost_everything_gets_nothing_done_by_sending_slowly(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let wanted = json!({ "name": "left behind", "permissions": ["agents:read"] });
    let may = json!({ "name": "stolen", "permissions": ["keys:write", "agents:read", "audit:hold"] });
    let (id, thief) = key(&admin, &may);
    let slowly = |key: &str, request, body: &Value| {
        let begun = Begun::new(&server, key, request, body);
        std::thread::sleep(PAUSE);
        begun
    };
    let keys = ("POST", "/api/v1/keys");
    let answer = slowly(&thief, keys, &wanted).end();
    assert!(answer.starts_with("HTTP/1.1 201 "), "who is only slow is served: {answer}");
    // What says who may what is looked up again when it is written, and this is not.
    let hold = Begun::new(&server, &thief, ("PUT", "/api/v1/audit/hold"), &json!({ "reason": "case 7" }));
    let begun = slowly(&thief, keys, &wanted);
    admin.send("DELETE", &format!("/api/v1/keys/{id}"), &[], "").expect(204);
    std::thread::sleep(PAUSE);
    for begun in [hold, begun] {
        let answer = begun.end();
        assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("\"unauthenticated\""), "{answer}");
    }
    assert_eq!(admin.get("/api/v1/audit/hold").expect(200)["held"], false);
    // A service account that is let do less meanwhile.
    let service = admin.post("/api/v1/services", &json!({ "name": "nightly", "roles": ["admin"] })).expect(201);
    let path = format!("/api/v1/services/{}", service["id"].as_str().unwrap());
    let made = admin.post(&format!("{path}/keys"), &json!({ "name": "k", "permissions": ["*"] })).expect(201);
    let begun = slowly(made["key"].as_str().unwrap(), keys, &wanted);
    let less = json!({ "name": "nightly", "roles": ["observer"] }).to_string();
    admin.send("PUT", &path, &[("content-type", "application/json")], &less).expect(200);
    std::thread::sleep(PAUSE);
    let answer = begun.end();
    assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains("has changed"), "{answer}");
    let keys = admin.get("/api/v1/keys").expect(200);
    let left = keys["items"].as_array().unwrap().iter().filter(|key| key["name"] == "left behind").count();
    assert_eq!(left, 1, "only the one that was made in time");
}
