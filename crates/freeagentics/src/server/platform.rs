//! What handlers work on, and how it is opened.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use axiomcore::clock::Timestamp;
use axiomcore::config::Settings;
use axiomcore::http::Problem;
use axiomcore::identity::Identity;
use axiomcore::identity::mail::Mail;
use axiomcore::service::{Blueprint, Core, Service};
use axum::extract::FromRef;

use super::computing::Computing;
use super::permissions::{ROLES, TABLES};
use super::settings::DATABASE_FILE;
use super::start::StartError;
use crate::audit::PRODUCT;
use crate::backups::Installation;
use crate::fleets::Importing;
use crate::live::{Live, LiveParts};
use crate::log::{CommittedEvents, Feed, Log, MIGRATIONS};
use crate::models::Library;
use crate::runtime::{Config, Runtime, RuntimeParts};
use crate::system::counts::LastCounts;
use crate::system::gauges::Gauges;

/// What the platform says of itself.
pub(crate) fn blueprint() -> Blueprint {
    Blueprint {
        product: PRODUCT,
        key_prefix: "fa",
        database_file: DATABASE_FILE,
        tables: ("freeagentics", MIGRATIONS),
        permissions: TABLES,
        roles: ROLES,
        log: Some(Arc::new(CommittedEvents)),
        restorable: Some(Arc::new(Installation)),
    }
}

/// The state of all handlers. Clones are the same.
#[derive(Clone)]
pub(crate) struct Platform(Arc<Parts>);

/// What it is made of: the core, whose parts are found here as well, and what is the platform's own.
pub(crate) struct Parts {
    /// What every service has.
    core: Core,
    /// The models.
    pub(crate) library: Library,
    /// What drives the agents; it has the log and its feed.
    pub(crate) runtime: Runtime,
    /// Everybody who follows what happens.
    pub(crate) live: Live,
    /// Who imports.
    pub(crate) importing: Importing,
    /// When the server started.
    pub(crate) started_at: Timestamp,
    /// How much there was when somebody last looked.
    pub(crate) counts: LastCounts,
    /// What is counted for whoever watches.
    pub(crate) gauges: Gauges,
    /// Places for what computes for long.
    computing: Computing,
}

impl Platform {
    /// Opens what stands on the core; blocks.
    pub(super) fn open(settings: &Settings, service: &Service) -> Result<Self, StartError> {
        let core = service.core();
        let (clock, database, metrics) = (core.clock.clone(), core.database.clone(), core.metrics.clone());
        let (started_at, gauges) = (clock.now(), Gauges::of_installation(&metrics, service.data()));
        let library = Library::new(database.clone(), clock.clone(), settings.section::<Config>().model_memory);
        library.watch(&metrics);
        let log = Log::open(database, Feed::new())?;
        let (own_library, entropy) = (library.clone(), core.entropy.clone());
        let parts = RuntimeParts { log, library: own_library, clock, entropy, metrics: metrics.clone() };
        let runtime = Runtime::start(settings.section(), parts)?;
        let parts = LiveParts {
            log: runtime.log().clone(),
            library: library.clone(),
            identity: core.identity.clone(),
            metrics,
        };
        let (live, importing) = (Live::new(settings.section(), parts), Importing::default());
        let (computing, counts) = (Computing::new(), LastCounts::default());
        let parts = Parts { core, library, runtime, live, importing, started_at, counts, gauges, computing };
        Ok(Self(Arc::new(parts)))
    }

    /// Does what computes for long, off the threads that serve requests, and no more of it at once than there are
    /// processors. What has begun runs to its end, whether or not anybody still waits.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        workspace: i64,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.computing.run(workspace, work).await
    }
}

impl Deref for Platform {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Deref for Parts {
    type Target = Core;

    fn deref(&self) -> &Core {
        &self.core
    }
}

impl FromRef<Platform> for Identity {
    fn from_ref(platform: &Platform) -> Self {
        platform.identity.clone()
    }
}

impl FromRef<Platform> for Mail {
    fn from_ref(platform: &Platform) -> Self {
        platform.mail.clone()
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Platform")
    }
}
