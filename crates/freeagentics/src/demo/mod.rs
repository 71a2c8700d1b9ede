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

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::thread::{self, JoinHandle};

use axiomcore::config::Secret;
use axiomcore::identity::{Permission, Require};
use axiomcore::lifecycle::Stopping;

use crate::client::{Client, Credential, Patience};
use crate::server::permissions::{ReadAgents, ReadModels, StepAgents, WriteAgents, WriteModels};

use fleet::FLEET;
use resident::Resident;
use rest::Rest;

/// What it is called among principals.
pub(crate) const NAME: &str = "demo";

/// What it may do: nothing but what it does.
pub(crate) const PERMISSIONS: [Permission; 5] = [
    ReadModels::PERMISSION,
    WriteModels::PERMISSION,
    ReadAgents::PERMISSION,
    WriteAgents::PERMISSION,
    StepAgents::PERMISSION,
];

/// Lets all of them live until the server at this address stops, in threads of their own.
pub(crate) fn start(server: SocketAddr, key: Secret<String>, stopping: Stopping) -> io::Result<JoinHandle<()>> {
    let base = format!("http://{}", reachable(server));
    thread::Builder::new().name(NAME.to_owned()).spawn(move || run(&base, key, stopping))
}

fn run(base: &str, key: Secret<String>, stopping: Stopping) {
    let client = Client::new(base, Credential::Key(key), Patience::NONE);
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

/// Who listens on all addresses is reached at the loopback one.
fn reachable(mut server: SocketAddr) -> SocketAddr {
    match server.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => server.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => server.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    server
}
