//! Filling the record with refusals, until nobody finds anything in it or the disk is full.

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::beside::only;
use crate::api::{Client, Installation, on_both_databases};

on_both_databases!(a_thousand_refusals_are_one_entry_that_counts_them);

fn refusals(client: &Client) -> Vec<Value> {
    client.get("/api/v1/audit?action=access.refuse").expect(200)["items"].as_array().unwrap().clone()
}

/// How often somebody was refused something, as the record says it.
fn told(client: &Client, who: &str, what: &str, why: &str) -> u64 {
    let fits = |entry: &&Value| entry["principal"] == who && entry["subject"] == what && entry["detail"]["why"] == why;
    let counts = |entry: &Value| entry["detail"]["count"].as_u64().unwrap();
    refusals(client).iter().filter(fits).map(counts).sum()
}

fn a_thousand_refusals_are_one_entry_that_counts_them(installation: Installation) {
    let server = installation.start_with(&["--set", "audit.refusals_interval=1s"]);
    let (client, stranger) = (server.client(), server.stranger());
    let (reader, id) = installation.beside().key(1, only(&["agents:read"]));
    let reader = server.client_with(&reader);
    for n in 0..1_000 {
        stranger.get("/api/v1/agents").problem(401, "unauthenticated");
        server
            .client_with(&format!("fa_1_{n}_{n}"))
            .get(&format!("/api/v1/agents/a-{n}"))
            .problem(401, "unauthenticated");
        if n < 100 {
            reader.post("/api/v1/keys", &json!({})).problem(403, "forbidden");
        }
    }
    for _ in 0..100 {
        if told(&client, "127.0.0.0/24", "GET /api/v1/agents/{id}", "unauthenticated") == 1_000 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(told(&client, "127.0.0.0/24", "GET /api/v1/agents", "unauthenticated"), 1_000);
    assert_eq!(told(&client, "127.0.0.0/24", "GET /api/v1/agents/{id}", "unauthenticated"), 1_000);
    assert_eq!(told(&client, &id, "POST /api/v1/keys", "forbidden"), 100, "honest use: who it was is on record");
    let entries = refusals(&client);
    assert!(entries.len() < 100, "2,100 refusals are {} entries", entries.len());
    assert!(entries.iter().all(|entry| entry["detail"]["from"].as_str() < entry["detail"]["until"].as_str()));
    // What was counted last is written at the end.
    stranger.get("/api/v1/system").problem(401, "unauthenticated");
    assert_eq!(server.stop().0, Some(0));
    let again = installation.start();
    assert_eq!(told(&again.client(), "127.0.0.0/24", "GET /api/v1/system", "unauthenticated"), 1);
}
