//! What handlers work on, and how it is opened.

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;

use axiomcore::audit::{Audit, AuditParts};
use axiomcore::clock::{Clock, Timestamp};
use axiomcore::config::{self, Settings};
use axiomcore::entropy::{Entropy, Ids};
use axiomcore::http::{Health, Problem};
use axiomcore::identity::mail::{Mail, MailParts};
use axiomcore::identity::{Identity, IdentityParts};
use axiomcore::limits::{Limits, LimitsParts};
use axiomcore::redis::Redis;
use axiomcore::sealing::{self, Sealer};
use axiomcore::store::Database;
use axiomcore::telemetry::{Metrics, register_process_metrics};
use axiomcore::tls::Transport;
use axiomcore::tls::acme::{self, Acme, AcmeParts};
use axum::extract::FromRef;
use freeagentics_inference::document::Limits as DocumentLimits;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::permissions::{ROLES, TABLES};
use super::settings::{ANCHOR_FILE, DATABASE_FILE};
use super::start::StartError;
use crate::audit::PRODUCT;
use crate::live::{Live, LiveParts};
use crate::log::{CommittedEvents, Feed, Log, MIGRATIONS};
use crate::models::Library;
use crate::runtime::{Runtime, RuntimeParts};
use crate::system::counts::LastCounts;
use crate::system::gauges::Gauges;

/// What people call the service, in letters.
const SERVICE: &str = "FreeAgentics";

/// What API keys begin with.
const KEY_PREFIX: &str = "fa";

/// The state of all handlers. Clones are the same.
#[derive(Clone)]
pub(crate) struct Platform(Arc<Parts>);

/// What it is made of.
pub(crate) struct Parts {
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    /// Where names for what nobody named come from.
    pub(crate) ids: Arc<Ids>,
    /// The database.
    pub(crate) database: Database,
    /// Who is who.
    pub(crate) identity: Identity,
    /// What brings people their tickets.
    pub(crate) mail: Mail,
    /// Who did what.
    pub(crate) audit: Audit,
    /// How often who may ask.
    pub(crate) limits: Limits,
    /// What is shared with other nodes, if something is.
    pub(crate) redis: Option<Redis>,
    /// The models.
    pub(crate) library: Library,
    /// What drives the agents; it has the log and its feed.
    pub(crate) runtime: Runtime,
    /// Everybody who follows what happens.
    pub(crate) live: Live,
    /// The place of the one import that may be under way.
    pub(crate) importing: Semaphore,
    /// Where everything is counted.
    pub(crate) metrics: Metrics,
    /// How connections are received.
    pub(crate) transport: Transport,
    /// Who gets certificates, if an authority is named.
    pub(crate) acme: Option<Acme>,
    /// Whether the server is ready.
    pub(crate) health: Health,
    /// When the server started.
    pub(crate) started_at: Timestamp,
    /// How much there was when somebody last looked.
    pub(crate) counts: LastCounts,
    /// What is counted for whoever watches.
    pub(crate) gauges: Gauges,
    /// Places for what computes for long.
    computing: Arc<Semaphore>,
}

/// What a platform does not make by itself.
pub(super) struct Ground<'s> {
    pub(super) settings: &'s Settings,
    /// The data folder, locked.
    pub(super) data: &'s Path,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) threads: Handle,
}

impl Platform {
    /// Opens the database and what stands on it, in the order in which one needs the other; blocks.
    pub(super) fn open(ground: Ground<'_>) -> Result<Self, StartError> {
        let Ground { settings, data, clock, entropy, threads } = ground;
        let (metrics, health, started_at) = (Metrics::new(), Health::new(), clock.now());
        register_process_metrics(&metrics);
        let redis = Redis::open(&settings.section(), &metrics)?;
        if let Some(redis) = &redis {
            redis.report(&health);
        }
        let parts =
            LimitsParts { clock: clock.clone(), entropy: entropy.as_ref(), metrics: &metrics, redis: redis.clone() };
        let limits = Limits::new(&settings.section(), parts)?;
        // Before anything is opened that a wrong certificate would leave open for nothing.
        let transport = Transport::open(&settings.section(), &metrics, clock.clone())?;
        let config: config::Database = settings.section();
        let database = Database::open(&config.location(data, DATABASE_FILE), config.connections, threads)?;
        database.observe(&metrics);
        health.observe(&metrics);
        health.check_database(database.clone());
        let gauges = Gauges::of_installation(&metrics, data);
        let ids = Arc::new(Ids::new(clock.clone(), entropy.as_ref())?);
        let library = Library::new(database.clone(), clock.clone(), DocumentLimits::default());
        let keys = sealing::keys(&settings.section(), data, entropy.as_ref())?;
        let sealer = Sealer::new(keys, entropy.clone());
        let parts = IdentityParts {
            database: database.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            sealer: sealer.clone(),
            metrics: metrics.clone(),
            permissions: TABLES,
            roles: ROLES,
            key_prefix: KEY_PREFIX,
            name: "FreeAgentics",
        };
        let identity = Identity::open(&settings.section(), parts)?;
        let parts = MailParts {
            identity: identity.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            metrics: metrics.clone(),
            service: SERVICE,
        };
        let mail = Mail::new(settings.section(), parts);
        database.migrate("freeagentics", MIGRATIONS)?;
        database.migrate("acme", acme::MIGRATIONS)?;
        let parts = AcmeParts {
            database: database.clone(),
            sealer: sealer.clone(),
            clock: clock.clone(),
            transport: transport.clone(),
        };
        let acme = Acme::open(&settings.section(), parts);
        let parts = AuditParts {
            database: database.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            metrics: metrics.clone(),
            sealer,
            own_log: Some(Arc::new(CommittedEvents)),
            product: PRODUCT,
        };
        let audit = Audit::open(settings.section(), parts, &data.join(ANCHOR_FILE))?;
        let log = Log::open(database.clone(), Feed::new())?;
        let (own_library, own_clock, own_metrics) = (library.clone(), clock.clone(), metrics.clone());
        let parts = RuntimeParts { log, library: own_library, clock: own_clock, entropy, metrics: own_metrics };
        let runtime = Runtime::start(settings.section(), parts)?;
        let parts = LiveParts {
            log: runtime.log().clone(),
            library: library.clone(),
            identity: identity.clone(),
            metrics: metrics.clone(),
        };
        let (live, importing) = (Live::new(settings.section(), parts), Semaphore::new(1));
        let computing = Arc::new(Semaphore::new(available_parallelism().map_or(1, usize::from)));
        Ok(Self(Arc::new(Parts {
            clock,
            ids,
            database,
            identity,
            mail,
            audit,
            limits,
            redis,
            library,
            runtime,
            live,
            importing,
            metrics,
            transport,
            acme,
            health,
            started_at,
            counts: LastCounts::default(),
            gauges,
            computing,
        })))
    }

    /// Does what computes for long, off the threads that serve requests, and no more of it at once than there are
    /// processors. What has begun runs to its end, whether or not anybody still waits.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = self.computing.clone().acquire_owned().await.map_err(Problem::internal)?;
        let done = spawn_blocking(move || {
            let _place = place;
            work()
        });
        done.await.map_err(Problem::internal)
    }
}

impl Deref for Platform {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
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
