//! Texts that would be SQL, wherever a caller chooses a text that reaches a statement.

use serde_json::{Value, json};

use crate::api::agents::{create, with_watchdog};
use crate::api::{Client, Installation, on_both_databases};

on_both_databases!(
    a_text_that_would_be_sql_finds_nothing_and_changes_nothing,
    a_name_that_would_be_sql_is_kept_as_it_is
);

const ATTEMPTS: [&str; 8] = [
    "' OR '1'='1",
    "x' OR 1=1 --",
    "'; DROP TABLE audit_entries; --",
    "' UNION SELECT 1, 1, 1, sealed, '', '', '', '', '', '' FROM audit_keys --",
    "\\' OR 1=1 --",
    "$1",
    "%' OR 'a' LIKE '%",
    "\u{02bc} OR 1=1 --",
];

/// As it is written in an address.
fn in_address(text: &str) -> String {
    text.bytes().fold(String::new(), |address, byte| address + &format!("%{byte:02X}"))
}

/// The record, once so much is in it.
fn record(client: &Client, entries: usize) -> Vec<Value> {
    for _ in 0..200 {
        let mut items = client.get("/api/v1/audit").expect(200)["items"].as_array().unwrap().clone();
        // Apart from the administrator's key, which the start has made.
        items.retain(|entry| entry["principal"] != "start");
        if items.len() >= entries {
            return items;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("the record does not get {entries} entries");
}

fn a_text_that_would_be_sql_finds_nothing_and_changes_nothing(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let before = record(&client, 2);
    assert_eq!(client.get("/api/v1/audit?principal=bootstrap").expect(200)["items"], json!(before), "honest use");
    for attempt in ATTEMPTS.map(in_address) {
        for field in ["principal", "action", "subject"] {
            let found = client.get(&format!("/api/v1/audit?{field}={attempt}")).expect(200);
            assert_eq!(found, json!({ "items": [], "next": null }), "{field}={attempt}");
        }
        for (method, path, status, code) in [
            ("GET", format!("/api/v1/agents/{attempt}"), 400, "invalid_parameter"),
            ("DELETE", format!("/api/v1/agents/{attempt}"), 400, "invalid_parameter"),
            ("GET", format!("/api/v1/agents?label=team={attempt}"), 400, "invalid_parameter"),
            ("GET", format!("/api/v1/agents?model={attempt}"), 400, "invalid_parameter"),
            ("GET", format!("/api/v1/agents?after={attempt}"), 400, "invalid_cursor"),
            ("GET", format!("/api/v1/models/{attempt}"), 400, "invalid_parameter"),
            ("GET", format!("/api/v1/audit?since={attempt}"), 400, "invalid_parameter"),
            ("DELETE", format!("/api/v1/keys/{attempt}"), 404, "key_not_found"),
        ] {
            client.send(method, &path, &[], "").problem(status, code);
        }
        let stranger = server.client_with(&format!("fa_1_{attempt}_{attempt}"));
        stranger.get("/api/v1/whoami").problem(401, "unauthenticated");
    }
    assert_eq!(record(&client, 2), before);
    client.get("/api/v1/agents/a").expect(200);
}

fn a_name_that_would_be_sql_is_kept_as_it_is(installation: Installation) {
    let server = installation.start();
    let client = server.client();
    for attempt in ATTEMPTS {
        let wanted = json!({ "name": attempt, "permissions": ["agents:read"] });
        let made = client.post("/api/v1/keys", &wanted).expect(201);
        let listed = client.get("/api/v1/keys").expect(200);
        let kept = listed["items"].as_array().unwrap().iter().find(|key| key["id"] == made["id"]).unwrap();
        assert_eq!((kept["name"].as_str(), &kept["permissions"]), (Some(attempt), &json!(["agents:read"])));
    }
    let told = record(&client, ATTEMPTS.len());
    let names: Vec<&str> = told.iter().rev().map(|entry| entry["detail"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ATTEMPTS);
}
