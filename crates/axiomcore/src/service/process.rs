//! A process: a data folder that it has to itself, threads, the parts.

use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::core::{Core, Ground, reached_at};
use super::{Blueprint, Config, Listening, ServiceError};
use crate::backup::is_unfinished;
use crate::clock::SystemClock;
use crate::config::{Secret, Settings};
use crate::entropy::SystemEntropy;
use crate::http::{Catalogue, Config as HttpConfig, Routes, Server};
use crate::identity::{self, Bootstrap, Identity};
use crate::lifecycle::{DataFolder, StopSwitch, stop_on_signals};
use crate::telemetry;
use crate::tls::{self, acme};

/// A service that does not listen yet.
#[derive(Debug)]
pub struct Service {
    core: Core,
    threads: Runtime,
    /// Held to the end: it is what keeps a second process away.
    folder: DataFolder,
}

impl Service {
    /// Opens everything.
    ///
    /// # Errors
    /// If a part cannot be opened.
    pub fn open(settings: &Settings, blueprint: &Blueprint) -> Result<Self, ServiceError> {
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        telemetry::init(&settings.section(), clock.clone());
        let folder = DataFolder::lock(&settings.section::<Config>().data)?;
        if is_unfinished(folder.path()) {
            return Err(ServiceError::Unfinished(folder.path().to_owned()));
        }
        let threads = Runtime::new()?;
        let ground = Ground { settings, data: folder.path(), clock, entropy, threads: threads.handle().clone() };
        let core = Core::open(blueprint, ground)?;
        Ok(Self { core, threads, folder })
    }

    /// Its parts.
    pub fn core(&self) -> Core {
        self.core.clone()
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Puts the routes where they can be asked for. Whoever asks waits until [`Listening::run_until_stopped`].
    ///
    /// # Errors
    /// If an address cannot be listened on, or there is no first key.
    pub fn listen<S>(
        self,
        settings: &Settings,
        catalogue: Catalogue,
        routes: (Routes<S>, S),
    ) -> Result<Listening, ServiceError>
    where
        S: Clone + Send + Sync + 'static,
    {
        let Self { core, threads, folder } = self;
        let (application, config) = (core.application(settings, catalogue, routes), settings.section::<HttpConfig>());
        let server = Server::build(&config, &core.transport, application, &core.metrics, core.health.clone());
        let (switch, stopping) = StopSwitch::new();
        let server = threads.block_on(async {
            let server = beside(server.await?, settings, &core).await?;
            // Before anybody is told of the service, for whoever hears of it may stop it at once.
            stop_on_signals(switch)?;
            Ok::<_, ServiceError>(server)
        })?;
        if let Some(address) = reached_at(settings, server.address().port()) {
            core.identity.is_reached_at(&settings.section(), &address);
        }
        // Last of all: a key that is made and then not shown, because something else fails, would be lost for ever.
        let key = first_key(settings, &core.identity)?;
        Ok(Listening { key, core, server, stopping, threads, folder })
    }
}

/// With the address where the authority of certificates asks, if there is one.
async fn beside(server: Server, settings: &Settings, core: &Core) -> Result<Server, ServiceError> {
    if core.acme.is_none() {
        return Ok(server);
    }
    let questions = settings.section::<tls::Config>().acme_listen;
    Ok(server.beside(&settings.section(), questions, acme::responder(core.database.clone())).await?)
}

/// The administrator's key, at the very first start.
fn first_key(settings: &Settings, identity: &Identity) -> Result<Option<Secret<String>>, ServiceError> {
    let config: identity::Config = settings.section();
    Ok(match identity.bootstrap(config.bootstrap_token_file.as_deref())? {
        Bootstrap::Created(key) => Some(key),
        Bootstrap::Stored | Bootstrap::Unchanged => None,
    })
}
