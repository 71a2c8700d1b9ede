//! From settings to a server that answers, and from there to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axiomcore::clock::SystemClock;
use axiomcore::config::{Secret, Settings};
use axiomcore::entropy::SystemEntropy;
use axiomcore::http::{self, Application, Server, Surroundings};
use axiomcore::identity::{self, Bootstrap, Identity, Permissions};
use axiomcore::lifecycle::{DataFolder, Shutdown, StopSwitch, Stopping, stop_on_signals};
use axiomcore::{telemetry, tls};
use tokio::runtime::Runtime as Threads;
use tokio::task::spawn_blocking;

use super::platform::Ground;
use super::settings::Config;
use super::{Platform, documentation, routes};
use crate::live::Live;
use crate::system::gauges;
use crate::{demo, page};

/// How often it is written down when keys were used.
const RECORD_USE: Duration = Duration::from_secs(60);

/// How long each step of the end may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) enum StartError {
    Folder(#[from] axiomcore::lifecycle::DataFolderError),
    Store(#[from] axiomcore::store::Error),
    Bootstrap(#[from] identity::BootstrapError),
    Key(#[from] identity::KeyError),
    Sealing(#[from] axiomcore::sealing::KeyError),
    Audit(#[from] axiomcore::audit::AuditError),
    Redis(#[from] axiomcore::redis::OpenError),
    Entropy(#[from] axiomcore::entropy::Unavailable),
    Codes(#[from] http::DeclaredTwice),
    Server(#[from] http::ServerError),
    Transport(#[from] tls::TransportError),
    #[error("the demo talks to its server in the clear, and this one speaks TLS")]
    DemoOverTls,
    Threads(#[from] std::io::Error),
}

/// A server that listens and does not answer yet.
pub(crate) struct Started {
    /// The key of the demo, if there is to be one.
    demo: Option<Secret<String>>,
    /// The administrator's key, if this start made it. Nobody can ever read it again.
    pub(crate) key: Option<Secret<String>>,
    pub(super) platform: Platform,
    server: Server,
    /// Set when a signal asks for a stop.
    stopping: Stopping,
    threads: Threads,
    /// Held to the end: it is what keeps a second process away.
    folder: DataFolder,
    /// How long it goes on answering after it was told to stop.
    stop_delay: Duration,
}

/// Opens everything and listens.
pub(crate) fn build(settings: &Settings) -> Result<Started, StartError> {
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    telemetry::init(&settings.section(), clock.clone());
    let folder = DataFolder::lock(&settings.section::<Config>().data)?;
    let threads = Threads::new()?;
    let ground = Ground { settings, data: folder.path(), clock, entropy, threads: threads.handle().clone() };
    let platform = Platform::open(ground)?;
    let (application, config): (_, http::Config) = (application(settings, &platform)?, settings.section());
    let stop_delay = config.stop_delay.duration();
    let server = Server::build(&config, &platform.transport, application, &platform.metrics, platform.health.clone());
    let server = threads.block_on(async {
        let server = server.await?;
        if platform.acme.is_none() {
            return Ok(server);
        }
        let questions = settings.section::<tls::Config>().acme_listen;
        server.beside(&config, questions, tls::acme::responder(platform.database.clone())).await
    })?;
    let (switch, stopping) = StopSwitch::new();
    // Before anybody is told of the server, for whoever hears of it may stop it at once.
    threads.block_on(async { stop_on_signals(switch) })?;
    // Last of all: a key that is made and then not shown, because something else fails, would be lost for ever.
    let key = first_key(settings, &platform.identity)?;
    Ok(Started { demo: None, key, platform, server, stopping, threads, folder, stop_delay })
}

/// The administrator's key, at the very first start.
fn first_key(settings: &Settings, identity: &Identity) -> Result<Option<Secret<String>>, StartError> {
    let config: identity::Config = settings.section();
    Ok(match identity.bootstrap(config.bootstrap_token_file.as_deref())? {
        Bootstrap::Created(key) => Some(key),
        Bootstrap::Stored | Bootstrap::Unchanged => None,
    })
}

/// The routes inside the middleware.
pub(super) fn application(settings: &Settings, platform: &Platform) -> Result<Application, StartError> {
    let surroundings = Surroundings {
        ids: platform.ids.clone(),
        metrics: platform.metrics.clone(),
        health: platform.health.clone(),
        limits: platform.limits.clone(),
        catalogue: Arc::new(documentation::catalogue()?),
        access_log: settings.section::<telemetry::Config>().access_log,
        refusals: platform.audit.refusals(),
    };
    // The page is no part of the API and so not of the document about it.
    let routes = routes::routes().merge(page::routes());
    Ok(Application::new(&settings.section(), &surroundings, routes, platform.clone()))
}

impl Started {
    /// Where the API is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where the API is, as one would write it.
    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.server.scheme(), self.server.address())
    }

    /// Where the metrics are, as one would write it.
    pub(crate) fn metrics_url(&self) -> Option<String> {
        let address = self.server.metrics_address()?;
        let scheme = if address.ip().is_loopback() { "http" } else { self.server.scheme() };
        Some(format!("{scheme}://{address}/metrics"))
    }

    /// Where the metrics are.
    pub(crate) fn metrics_address(&self) -> Option<SocketAddr> {
        self.server.metrics_address()
    }

    /// Lets the demo live beside the server, with a key of its own.
    pub(crate) fn with_demo(mut self) -> Result<Self, StartError> {
        if self.platform.transport.is_encrypted() {
            return Err(StartError::DemoOverTls);
        }
        let permissions = Permissions::only(&demo::PERMISSIONS);
        self.demo = Some(self.platform.identity.own_key(demo::NAME, permissions)?);
        Ok(self)
    }

    /// Answers until a signal asks for a stop. Then, in this order: no new requests, open ones get their answers, steps
    /// that wait are decided, what is noted in memory is written down, the audit is brought to its end, the database closes.
    pub(crate) fn run_until_stopped(self) -> Result<(), StartError> {
        let Self { key: _, demo, platform, server, stopping, threads, folder, stop_delay } = self;
        let serving = platform.clone();
        threads.block_on(async move {
            tokio::spawn(record_use(serving.identity.clone(), stopping.clone()));
            tokio::spawn(gauges::keep_counting(serving.clone(), stopping.clone()));
            tokio::spawn(serving.identity.clone().run_until_stopped(stopping.clone()));
            tokio::spawn(gauges::keep_counting(serving.clone(), stopping.clone()));
            tokio::spawn(serving.mail.clone().run_until_stopped(stopping.clone()));
            tokio::spawn(serving.audit.clone().run_until_stopped(stopping.clone()));
            if let Some(acme) = serving.acme.clone() {
                tokio::spawn(acme.run_until_stopped(stopping.clone()));
            }
            if let Some(redis) = serving.redis.clone() {
                tokio::spawn(redis.watch(stopping.clone()));
            }
            tokio::spawn(end_streams(serving.live.clone(), stopping.clone(), stop_delay));
            let demo = demo.map(|key| demo::start(server.address(), key, stopping.clone())).transpose()?;
            serving.health.started();
            server.run_until_stopped(stopping).await;
            ending(&serving, demo).run().await;
            Ok::<(), StartError>(())
        })?;
        platform.database.close();
        threads.shutdown_timeout(PATIENCE);
        drop(folder);
        Ok(())
    }
}

/// Ends live streams when load balancers have had their time to send new ones elsewhere; else open ones would keep the
/// server from stopping.
async fn end_streams(live: Live, stopping: Stopping, delay: Duration) {
    stopping.requested().await;
    tokio::time::sleep(delay).await;
    live.stop().await;
}

/// What has to end, in order.
fn ending(platform: &Platform, demo: Option<JoinHandle<()>>) -> Shutdown {
    let (runtime, identity, live) = (platform.runtime.clone(), platform.identity.clone(), platform.live.clone());
    // WebSockets are connections of their own by now, which the server does not wait for.
    let hang_up = async move {
        live.stop().await;
        Ok(())
    };
    let leave =
        async { spawn_blocking(|| demo.map(JoinHandle::join)).await.map(drop).map_err(|error| error.to_string()) };
    let drain = async { spawn_blocking(move || runtime.stop()).await.map_err(|error| error.to_string()) };
    let record = async move { identity.record_use().await.map_err(|error| error.to_string()) };
    let mail = platform.mail.clone();
    let post = async move {
        mail.finish().await;
        Ok(())
    };
    let audit = platform.audit.clone();
    let chain = async move {
        let done = spawn_blocking(move || audit.finish_blocking()).await.map_err(|error| error.to_string())?;
        done.map_err(|error| error.to_string())
    };
    let first = Shutdown::new().then("live", PATIENCE, hang_up).then("demo", PATIENCE, leave);
    let then = first.then("runtime", PATIENCE, drain).then("mail", PATIENCE, post);
    then.then("identity", PATIENCE, record).then("audit", PATIENCE, chain)
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
