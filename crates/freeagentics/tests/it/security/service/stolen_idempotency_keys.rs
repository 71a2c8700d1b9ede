//! Asking under somebody else's idempotency key, to hear their answer or to spoil their request.

use serde_json::{Value, json};

use crate::api::agents::{WATCHDOG, check, create, get, with, with_watchdog};
use crate::api::beside::only;
use crate::api::{Client, Installation, on_both_databases};

on_both_databases!(a_key_gives_its_answer_to_whom_it_was_given_and_to_nobody_else);

fn step(client: &Client, key: &str, body: &Value) -> crate::api::client::Answer {
    client.send("POST", "/api/v1/agents/a/steps", &with(&[("idempotency-key", key)]), &body.to_string())
}

fn a_key_gives_its_answer_to_whom_it_was_given_and_to_nobody_else(installation: Installation) {
    let server = with_watchdog(&installation);
    let ann = server.client();
    let beside = installation.beside();
    let bob = server.client_with(&beside.key(1, only(&["agents:step", "agents:write"])).0);
    create(&ann, "a");
    let first = step(&ann, "order-1", &check(5000)).expect(200);
    let again = step(&ann, "order-1", &check(5000)).expect(200);
    assert_eq!((&again["replayed"], &again["digest"]), (&json!(true), &first["digest"]), "honest use");
    // Bob knows the key and what was asked: he gets an answer of his own.
    let bobs = step(&bob, "order-1", &check(5000)).expect(200);
    assert_eq!((&bobs["replayed"], &bobs["step"]), (&Value::Null, &json!(2)), "{bobs}");
    // Bob asks first, under the key that Ann will use: he spoils nothing.
    step(&bob, "order-2", &check(40)).expect(200);
    assert_eq!(step(&ann, "order-2", &check(5000)).expect(200)["step"], 4);
    bob.send("POST", "/api/v1/agents/a/reset", &with(&[("idempotency-key", "order-3")]), "{}").expect(200);
    assert_eq!(step(&ann, "order-3", &check(5000)).expect(200)["step"], 5);
    // What Ann asked otherwise under one key is refused, to her.
    step(&ann, "order-1", &check(40)).problem(422, "idempotency_key_reused");
    // In another workspace there is neither the agent nor the key.
    let eve = server.client_with(&beside.key(beside.workspace("others"), axiomcore::identity::Permissions::Every).0);
    step(&eve, "order-1", &check(5000)).problem(404, "agent_not_found");
    eve.post_yaml("/api/v1/models", WATCHDOG).expect(201);
    create(&eve, "a");
    assert_eq!(step(&eve, "order-1", &check(5000)).expect(200)["step"], 1);
    assert_eq!(get(&ann, "a")["step"], 5);
    assert_eq!(step(&ann, "order-3", &check(5000)).expect(200)["replayed"], true, "her own is still hers");
}
