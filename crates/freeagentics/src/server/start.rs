//! From settings to a server that answers, and from there to its end.

use std::thread::JoinHandle;
use std::time::Duration;

use axiomcore::config::{Secret, Settings};
use axiomcore::http;
use axiomcore::identity::{self, Permissions};
use axiomcore::lifecycle::{Shutdown, Stopping};
use axiomcore::service::{Listening, Service, ServiceError};
use axiomcore::tls;
use tokio::task::spawn_blocking;

use super::{Platform, blueprint, documentation, routes};
use crate::live::Live;
use crate::system::gauges;
use crate::{demo, page};

/// How long each step of the end may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) enum StartError {
    Service(#[from] ServiceError),
    Store(#[from] axiomcore::store::Error),
    Key(#[from] identity::KeyError),
    Codes(#[from] http::DeclaredTwice),
    #[error("the demo talks to its server in the clear, and this one speaks TLS")]
    DemoOverTls,
    Threads(#[from] std::io::Error),
}

/// A server that listens and does not answer yet.
pub(crate) struct Started {
    /// The key of the demo, if there is to be one.
    demo: Option<Secret<String>>,
    pub(super) platform: Platform,
    pub(crate) listening: Listening,
    /// How long it goes on answering after it was told to stop.
    stop_delay: Duration,
}

/// Opens everything and listens.
pub(crate) fn build(settings: &Settings) -> Result<Started, StartError> {
    let service = Service::open(settings, &blueprint())?;
    let platform = Platform::open(settings, &service)?;
    let listening = service.listen(settings, documentation::catalogue()?, (served(), platform.clone()))?;
    let stop_delay = settings.section::<http::Config>().stop_delay.duration();
    Ok(Started { demo: None, platform, listening, stop_delay })
}

/// The demo speaks no TLS.
pub(crate) fn may_have_demo(settings: &Settings) -> Result<(), StartError> {
    if settings.section::<tls::Config>().is_on() { Err(StartError::DemoOverTls) } else { Ok(()) }
}

/// All that is served. The page is no part of the API and so not of the document about it.
pub(super) fn served() -> http::Routes<Platform> {
    routes::routes().merge(page::routes())
}

impl Started {
    /// Lets the demo live beside the server, with a key of its own.
    pub(crate) fn with_demo(mut self) -> Result<Self, StartError> {
        let permissions = Permissions::only(&demo::PERMISSIONS);
        self.demo = Some(self.platform.identity.own_key(demo::NAME, permissions)?);
        Ok(self)
    }

    /// Answers until a signal asks for a stop. Then, in this order: no new requests, open ones get their answers, streams end,
    /// steps that wait are decided, and the core comes to its end.
    pub(crate) fn run_until_stopped(self) -> Result<(), StartError> {
        let Self { demo, platform, listening, stop_delay } = self;
        let address = listening.address();
        listening.run_until_stopped(|stopping| {
            tokio::spawn(gauges::keep_counting(platform.clone(), stopping.clone()));
            tokio::spawn(end_streams(platform.live.clone(), stopping.clone(), stop_delay));
            let demo = demo.map(|key| demo::start(address, key, stopping.clone())).transpose()?;
            Ok(ending(&platform, demo))
        })
    }
}

/// Ends live streams when load balancers have had their time to send new ones elsewhere; else open ones would keep the
/// server from stopping.
async fn end_streams(live: Live, stopping: Stopping, delay: Duration) {
    stopping.requested().await;
    tokio::time::sleep(delay).await;
    live.stop().await;
}

/// What has to end before the core, in order.
fn ending(platform: &Platform, demo: Option<JoinHandle<()>>) -> Shutdown {
    let (runtime, live) = (platform.runtime.clone(), platform.live.clone());
    // WebSockets are connections of their own by now, which the server does not wait for.
    let hang_up = async move {
        live.stop().await;
        Ok(())
    };
    let leave =
        async { spawn_blocking(|| demo.map(JoinHandle::join)).await.map(drop).map_err(|error| error.to_string()) };
    let drain = async { spawn_blocking(move || runtime.stop()).await.map_err(|error| error.to_string()) };
    let first = Shutdown::new().then("live", PATIENCE, hang_up).then("demo", PATIENCE, leave);
    first.then("runtime", PATIENCE, drain)
}
