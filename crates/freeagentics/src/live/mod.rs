//! Live: what agents do, as it happens, over server-sent events and WebSocket.
//!
//! Whoever follows says how far it has seen; it is told what has happened since from the log, and from there on what is
//! committed ([`following`]). Nothing is kept for a client: one that falls behind is told from the log again, and only one
//! that falls very far behind gets a `gap`. [`Live`] knows how many follow, who may, and when all of them have to end.

mod catching_up;
mod config;
mod following;
mod members;
mod message;
mod place;
pub(crate) mod routes;
mod socket;
mod stream;
mod target;
mod teller;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axiomcore::identity::{Identity, Principal, Require};
use axiomcore::lifecycle::{StopSwitch, Stopping};
use axiomcore::telemetry::Metrics;

pub(crate) use config::Config;

use crate::log::Log;
use crate::models::Library;
use crate::server::permissions::ReadAgents;
use members::Members;
use place::Places;
use teller::{Reach, Teller};

/// Everybody who follows. Clones are the same.
#[derive(Clone)]
pub(crate) struct Live(Arc<Inner>);

struct Inner {
    config: Config,
    identity: Identity,
    teller: Teller,
    places: Places,
    switch: StopSwitch,
    stopping: Stopping,
}

/// What it is made of.
pub(crate) struct LiveParts {
    pub(crate) log: Log,
    pub(crate) library: Library,
    pub(crate) identity: Identity,
    pub(crate) metrics: Metrics,
}

/// How often a stopping server looks whether streams are still open.
const LOOK: Duration = Duration::from_millis(5);

impl Live {
    pub(crate) fn new(config: Config, parts: LiveParts) -> Self {
        let LiveParts { log, library, identity, metrics } = parts;
        let places = Places::new(&config, &metrics);
        let (switch, stopping) = StopSwitch::new();
        let members = Members::new(config.keep_alive.duration());
        let reach = Reach { of_all: config.catch_up, of_one: config.catch_up_agent };
        let teller = Teller::new(log, library, members, reach);
        Self(Arc::new(Inner { config, identity, teller, places, switch, stopping }))
    }

    /// Labels of agents have changed: who belongs where is looked up again.
    pub(crate) fn relabelled(&self) {
        self.0.teller.members().forget();
    }

    /// Ends all streams, and waits until they have ended.
    pub(crate) async fn stop(&self) {
        self.0.switch.stop();
        while self.0.places.taken() > 0 {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Whether a principal may still follow; asked now and then, and whenever something was taken away from it. While the database is gone nothing happens that could be told, so nobody is
    /// sent away for that.
    async fn may_follow(&self, principal: &Principal) -> bool {
        match self.0.identity.current(principal).await {
            Ok(current) => current.is_some_and(|current| current.permissions.has(ReadAgents::PERMISSION)),
            Err(error) => {
                tracing::warn!(%error, "whether a credential still works could not be looked up: {error}");
                true
            }
        }
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Live")
    }
}
