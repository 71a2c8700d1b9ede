//! `serve --demo`: a dozen agents of the shipped models, each in a small simulated world, living through the public API.
//!
//! The demo is a client like any other, with a key of its own. The world of an agent is the agent's own model, used to make
//! what the model explains. Each draw of a world is decided by the agent's seed and the number of the step, so that a world
//! is found again after a restart by going through what the agent has done in it.

mod fleet;
mod life;
mod resident;
mod rest;
mod scene;

use std::thread;

use axiomcore::config::Secret;
use axiomcore::lifecycle::Stopping;

use crate::client::{Client, Patience};

use fleet::FLEET;
use resident::Resident;
use rest::Rest;

/// Lets all of them live until the server stops. Blocks: it wants a thread of its own.
pub(crate) fn run(base: &str, key: &str, stopping: Stopping) {
    let client = Client::new(base, Secret::new(key.to_owned()), Patience::NONE);
    let rest = Rest::new();
    thread::scope(|scope| {
        for (index, home) in FLEET.iter().enumerate() {
            let resident = Resident::new(home, index, &client, &rest);
            let thread = thread::Builder::new().name(home.id.to_owned());
            if let Err(error) = thread.spawn_scoped(scope, move || resident.live()) {
                tracing::warn!(%error, agent = home.id, "the demo goes on without {}: {error}", home.id);
            }
        }
        tracing::info!(agents = FLEET.len(), "the demo lives in {} agents with the label demo=true", FLEET.len());
        rest.end_at(stopping);
    });
}
