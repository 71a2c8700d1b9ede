//! What is answered survives the end of the process.

use serde_json::{Value, json};

use super::{check, create, get, step, with, with_watchdog};
use crate::api::{Installation, on_both_databases};

on_both_databases!(after_kill_9_agents_believe_what_they_believed_and_keys_still_count);

fn after_kill_9_agents_believe_what_they_believed_and_keys_still_count(installation: Installation) {
    let mut server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    create(&client, "untouched");
    for n in 0..20 {
        step(&client, "a", &check(if n % 5 == 0 { 5000 } else { 40 }));
    }
    let keyed = |client: &crate::api::Client| {
        client.send("POST", "/api/v1/agents/a/steps", &with(&[("idempotency-key", "k")]), &check(5000).to_string())
    };
    let last = keyed(&client).expect(200);
    let before: Vec<Value> = ["a", "untouched"].map(|id| get(&client, id)).into();
    server.signal("KILL");
    server.wait();
    let server = installation.start();
    let client = server.client();
    assert_eq!(["a", "untouched"].map(|id| get(&client, id)).to_vec(), before);
    let again = keyed(&client).expect(200);
    assert_eq!((&again["replayed"], &again["digest"]), (&json!(true), &last["digest"]));
    assert_eq!(step(&client, "a", &check(40))["step"], 22);
    for number in [1, 11, 21] {
        let decision = client.get(&format!("/api/v1/agents/a/decisions/{number}?explain=none")).expect(200);
        assert_eq!(decision["replay"]["identical"], true);
    }
}
