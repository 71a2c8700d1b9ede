//! A service that listens, from its first answer to its last.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::spawn_blocking;

use super::Core;
use crate::config::Secret;
use crate::http::Server;
use crate::identity::Identity;
use crate::lifecycle::{DataFolder, Shutdown, Stopping};

/// How often it is written down when keys were used.
const RECORD_USE: Duration = Duration::from_secs(60);

/// How long each step of the end may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A service that listens and does not answer yet.
#[derive(Debug)]
pub struct Listening {
    /// The administrator's key, if this start made it. Nobody can ever read it again.
    pub key: Option<Secret<String>>,
    pub(super) core: Core,
    pub(super) server: Server,
    /// Set when a signal asks for a stop.
    pub(super) stopping: Stopping,
    pub(super) threads: Runtime,
    pub(super) folder: DataFolder,
}

impl Listening {
    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where it is, as one would write it.
    pub fn url(&self) -> String {
        format!("{}://{}", self.server.scheme(), self.server.address())
    }

    /// Where the metrics are, as one would write it.
    pub fn metrics_url(&self) -> Option<String> {
        let address = self.server.metrics_address()?;
        let scheme = if address.ip().is_loopback() { "http" } else { self.server.scheme() };
        Some(format!("{scheme}://{address}/metrics"))
    }

    /// Where the metrics are.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.server.metrics_address()
    }

    /// Answers until a signal asks for a stop. `begin` starts what the product keeps going by itself, and says what of that
    /// has to end first. Then, in this order: no new requests, open ones get their answers, the product's own end, letters
    /// are sent, what is noted in memory is written down, the record is brought to its end, the last of it is shipped to the backups, the database closes.
    ///
    /// # Errors
    /// If `begin` says so.
    pub fn run_until_stopped<E>(self, begin: impl FnOnce(&Stopping) -> Result<Shutdown, E>) -> Result<(), E> {
        let Self { key: _, core, server, stopping, threads, folder } = self;
        let served = core.clone();
        threads.block_on(async move {
            served.keep_going(&stopping);
            let ending = begin(&stopping)?;
            served.health.started();
            server.run_until_stopped(stopping).await;
            served.ending(ending).run().await;
            Ok(())
        })?;
        core.database.close();
        threads.shutdown_timeout(PATIENCE);
        drop(folder);
        Ok(())
    }
}

impl Core {
    /// Starts what goes on beside requests.
    fn keep_going(&self, stopping: &Stopping) {
        tokio::spawn(record_use(self.identity.clone(), stopping.clone()));
        tokio::spawn(self.identity.clone().run_until_stopped(stopping.clone()));
        tokio::spawn(self.mail.clone().run_until_stopped(stopping.clone()));
        tokio::spawn(self.audit.clone().run_until_stopped(stopping.clone()));
        if let Some(backups) = self.backups.clone() {
            tokio::spawn(backups.run_until_stopped(stopping.clone()));
        }
        if let Some(acme) = self.acme.clone() {
            tokio::spawn(acme.run_until_stopped(stopping.clone()));
        }
        if let Some(redis) = self.redis.clone() {
            tokio::spawn(redis.watch(stopping.clone()));
        }
    }

    /// What has to end, in order.
    fn ending(&self, first: Shutdown) -> Shutdown {
        let (mail, identity, audit) = (self.mail.clone(), self.identity.clone(), self.audit.clone());
        let post = async move {
            mail.finish().await;
            Ok(())
        };
        let record = async move { identity.record_use().await.map_err(|error| error.to_string()) };
        let chain = async move {
            let done = spawn_blocking(move || audit.finish_blocking()).await.map_err(|error| error.to_string())?;
            done.map_err(|error| error.to_string())
        };
        let backups = self.backups.clone();
        let ship = async move {
            let Some(backups) = backups else { return Ok(()) };
            let done = spawn_blocking(move || backups.finish_blocking()).await.map_err(|error| error.to_string())?;
            done.map_err(|error| error.to_string())
        };
        let first = first.then("mail", PATIENCE, post).then("identity", PATIENCE, record);
        let traces = self.traces.clone();
        let spans =
            async move { spawn_blocking(move || traces.finish_blocking()).await.map_err(|error| error.to_string()) };
        first.then("audit", PATIENCE, chain).then("backup", PATIENCE, ship).then("traces", PATIENCE, spans)
    }
}

/// Writes down about once a minute when keys were used.
async fn record_use(identity: Identity, stopping: Stopping) {
    loop {
        tokio::select! {
            () = stopping.requested() => return,
            () = tokio::time::sleep(RECORD_USE) => {}
        }
        if let Err(error) = identity.record_use().await {
            tracing::warn!(%error, "when keys were used could not be written down: {error}");
        }
    }
}
