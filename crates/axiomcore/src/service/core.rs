//! The parts of a service, opened.

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRef;
use tokio::runtime::Handle;

use super::blueprint::{ANCHOR_FILE, Blueprint};
use super::error::ServiceError;
use crate::audit::{Audit, AuditParts};
use crate::backup::Backups;
use crate::clock::Clock;
use crate::config::{self, Profile, Settings};
use crate::entropy::{Entropy, Ids};
use crate::http::{self, Application, Catalogue, Health, Routes, Surroundings};
use crate::identity::mail::{self, Mail, MailParts};
use crate::identity::{Identity, IdentityParts};
use crate::limits::{Limits, LimitsParts};
use crate::redis::Redis;
use crate::sealing::{self, Sealer};
use crate::store::Database;
use crate::telemetry::traces::{Sender, Traces};
use crate::telemetry::{self, Metrics};
use crate::tls::acme::{self, Acme, AcmeParts};
use crate::tls::{self, Transport};

/// The parts of a service. Clones are the same.
#[derive(Clone)]
pub struct Core(Arc<Parts>);

/// What it is made of.
pub struct Parts {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Where names for what nobody named come from.
    pub ids: Arc<Ids>,
    /// The database.
    pub database: Database,
    /// Who is who.
    pub identity: Identity,
    /// What brings people their tickets.
    pub mail: Mail,
    /// Who did what.
    pub audit: Audit,
    /// Copies of all of it, if the product can prove them.
    pub backups: Option<Backups>,
    /// How often who may ask.
    pub limits: Limits,
    /// What is shared with other nodes, if something is.
    pub redis: Option<Redis>,
    /// Where everything is counted.
    pub metrics: Metrics,
    /// Which requests are traced.
    pub traces: Traces,
    /// How connections are received.
    pub transport: Transport,
    /// Who gets certificates, if an authority is named.
    pub acme: Option<Acme>,
    /// Whether the service is ready.
    pub health: Health,
}

/// What a core does not make by itself.
pub struct Ground<'s> {
    /// What is set.
    pub settings: &'s Settings,
    /// The data folder, locked.
    pub data: &'s Path,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Where requests are served.
    pub threads: Handle,
}

impl Core {
    /// Opens the database and what stands on it, in the order in which one needs the other; blocks.
    ///
    /// # Errors
    /// If a part cannot be opened.
    pub fn open(blueprint: &Blueprint, ground: Ground<'_>) -> Result<Self, ServiceError> {
        let Ground { settings, data, clock, entropy, threads } = ground;
        let (metrics, health) = (Metrics::new(), Health::new());
        telemetry::register_process_metrics(&metrics);
        let redis = Redis::open(&settings.section(), settings.profile(), &metrics)?;
        if let Some(redis) = &redis {
            redis.report(&health);
        }
        let parts =
            LimitsParts { clock: clock.clone(), entropy: entropy.as_ref(), metrics: &metrics, redis: redis.clone() };
        let limits = Limits::new(&settings.section(), parts)?;
        // Before anything is opened that a wrong certificate would leave open for nothing.
        let transport = Transport::open(&settings.section(), &metrics, clock.clone())?;
        let config: config::Database = settings.section();
        let location = config.location(data, blueprint.database_file);
        let database = Database::open(&location, config.connections, threads)?;
        database.renew_by(renewal(config, settings.profile()));
        database.observe(&metrics);
        health.observe(&metrics);
        health.check_database(database.clone());
        let around = (clock.clone(), entropy.clone());
        let backups = blueprint.backups(settings, data, database.clone(), around, metrics.clone())?;
        if let Some(backups) = &backups {
            backups.resume_blocking();
            backups.before_migrations()?;
        }
        let ids = Arc::new(Ids::new(clock.clone(), entropy.as_ref())?);
        let service = blueprint.product.name.to_lowercase();
        let sender = Sender { service, version: blueprint.product.version };
        let traces = Traces::open(&settings.section(), sender, &ids, clock.clone(), &metrics)?;
        let sealer = Sealer::new(sealing::keys(&settings.section(), data, entropy.as_ref())?, entropy.clone());
        let parts = IdentityParts {
            database: database.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            sealer: sealer.clone(),
            metrics: metrics.clone(),
            redis: redis.clone(),
            permissions: blueprint.permissions,
            roles: blueprint.roles,
            key_prefix: blueprint.key_prefix,
            name: blueprint.product.name,
            reached_at: reached_at(settings, settings.section::<http::Config>().listen.port()),
        };
        let identity = Identity::open(&settings.section(), parts)?;
        let parts = MailParts {
            identity: identity.clone(),
            database: database.clone(),
            sealer: sealer.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            metrics: metrics.clone(),
            service: blueprint.product.name,
        };
        let mail = Mail::new(settings.section(), parts);
        let (history, tables) = blueprint.tables;
        database.migrate(history, tables)?;
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
            own_log: blueprint.log.clone(),
            product: blueprint.product,
        };
        let audit = Audit::open(settings.section(), parts, &data.join(ANCHOR_FILE))?;
        Ok(Self(Arc::new(Parts {
            clock,
            entropy,
            ids,
            database,
            identity,
            mail,
            audit,
            backups,
            limits,
            redis,
            metrics,
            traces,
            transport,
            acme,
            health,
        })))
    }

    /// A product's routes inside the middleware.
    pub fn application<S>(
        &self,
        settings: &Settings,
        catalogue: Catalogue,
        (routes, state): (Routes<S>, S),
    ) -> Application
    where
        S: Clone + Send + Sync + 'static,
    {
        let surroundings = Surroundings {
            ids: self.ids.clone(),
            metrics: self.metrics.clone(),
            health: self.health.clone(),
            limits: self.limits.clone(),
            catalogue: Arc::new(catalogue),
            traces: self.traces.clone(),
            access_log: settings.section::<telemetry::Config>().access_log,
            refusals: self.audit.refusals(),
        };
        Application::new(&settings.section(), &surroundings, routes, state)
    }
}

/// Reads the file with the database's URL again.
fn renewal(config: config::Database, profile: Profile) -> impl Fn() -> Option<String> + Send + Sync {
    let known = Mutex::new(config);
    move || {
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.renewed(profile) {
            Ok(renewed) => {
                *known = renewed?;
                known.server()
            }
            Err(why) => {
                tracing::warn!(why, "the login of the database cannot be read again: {why}");
                None
            }
        }
    }
}

/// The address under which people reach the service, if it is known: what letters lead to, what its certificate is for, or
/// this machine if it listens to nobody else; of the latter two only who listens already knows the port, if any will do.
pub(super) fn reached_at(settings: &Settings, port: u16) -> Option<String> {
    let (mail, http): (mail::Config, http::Config) = (settings.section(), settings.section());
    let tls: tls::Config = settings.section();
    let is_bound = port != 0;
    let certified = tls.acme_directory.as_ref().and_then(|_| tls.acme_domains.first()).filter(|_| is_bound);
    let is_local = is_bound && http.listen.ip().is_loopback() && !http.behind_proxy;
    let scheme = if tls.is_on() { "https" } else { "http" };
    mail.public_url
        .or_else(|| certified.map(|domain| format!("https://{domain}:{port}")))
        .or_else(|| is_local.then(|| format!("{scheme}://localhost:{port}")))
}

impl Deref for Core {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<Core> for Identity {
    fn from_ref(core: &Core) -> Self {
        core.identity.clone()
    }
}

impl FromRef<Core> for Mail {
    fn from_ref(core: &Core) -> Self {
        core.mail.clone()
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Core")
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts")
    }
}

impl fmt::Debug for Ground<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ground")
    }
}
