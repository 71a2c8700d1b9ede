//! `/api/v1/events`, `/api/v1/agents/{id}/events` and `/api/v1/ws`: what agents do, as it happens.

mod limits;
mod listening;
mod resuming;
mod socket;
mod streams;

use serde_json::{Value, json};

use super::Client;
use super::agents::{check, step};
pub(super) use listening::{Event, Events};

/// Takes so many steps with an agent; their revisions.
fn steps(client: &Client, id: &str, n: usize) -> Vec<u64> {
    (0..n).map(|n| step(client, id, &check(if n % 4 == 0 { 5000 } else { 40 }))["revision"].as_u64().unwrap()).collect()
}

/// Steps for many agents at once.
fn step_all(client: &Client, agents: impl Iterator<Item = String>) {
    let items: Vec<Value> = agents.map(|agent| json!({ "agent": agent, "observation": {} })).collect();
    let done = client.post("/api/v1/steps", &json!({ "items": items })).expect(200);
    assert!(done["items"].as_array().unwrap().iter().all(|item| item["status"] == 200));
}
