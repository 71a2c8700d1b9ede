//! `/api/v1/agents` and `/api/v1/steps`: a life from the first step to the last, and everything that can be wrong with it.

mod batches;
mod changes;
mod concurrency;
mod creating;
mod guards;
mod life;
mod listing;
mod observations;
mod survival;

use serde_json::{Value, json};

use super::{Client, Installation, Server};

/// The flagship model.
pub(crate) const WATCHDOG: &str = include_str!("../../../../../../models/watchdog.yaml");

/// A server that has the watchdog model.
pub(crate) fn with_watchdog(installation: &Installation) -> Server {
    let server = installation.start();
    server.client().post_yaml("/api/v1/models", WATCHDOG).expect(201);
    server
}

/// Makes an agent.
#[track_caller]
pub(crate) fn create(client: &Client, id: &str) -> Value {
    client.post("/api/v1/agents", &json!({ "id": id, "model": "watchdog", "labels": { "team": "a" } })).expect(201)
}

/// A check that took so long, without a deep probe.
pub(crate) fn check(millis: u32) -> Value {
    json!({ "observation": { "check": millis, "deep_probe": "none" } })
}

/// Lets an agent step.
#[track_caller]
pub(crate) fn step(client: &Client, id: &str, body: &Value) -> Value {
    client.post(&format!("/api/v1/agents/{id}/steps"), body).expect(200)
}

/// The agent as it is now.
#[track_caller]
pub(crate) fn get(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/v1/agents/{id}")).expect(200)
}

/// A body of JSON with further headers.
pub(crate) fn with<'h>(headers: &[(&'h str, &'h str)]) -> Vec<(&'h str, &'h str)> {
    headers.iter().copied().chain([("content-type", "application/json")]).collect()
}
