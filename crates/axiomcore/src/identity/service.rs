//! The service that knows who is who.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::attempts::{self, Gate};
use super::cache::Cache;
use super::changes::Changes;
use super::metrics::SignInMetrics;
use super::passkeys::{Challenger, Party};
use super::passwords::{Places, Pool, Recipe};
use super::tokens::{Keyring, TokenConfig};
use super::{Algorithm, Config, FACTOR_MIGRATIONS, MIGRATIONS, Permission, Role, sessions, store};
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
use crate::redis::Redis;
use crate::sealing::Sealer;
use crate::store::{Connection, Database, Error, Result};
use crate::telemetry::Metrics;

/// Knows who is who. Clones are the same.
#[derive(Clone)]
pub struct Identity(pub(super) Arc<Inner>);

/// What the service is made of.
#[derive(Clone)]
pub struct IdentityParts {
    /// Where credentials are stored.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where secrets come from.
    pub entropy: Arc<dyn Entropy>,
    /// What secrets lie in the database under.
    pub sealer: Sealer,
    /// Where sign-ins are counted.
    pub metrics: Metrics,
    /// Where failed ones are counted together with other nodes, if they are.
    pub redis: Option<Redis>,
    /// Tables of all permissions that there are.
    pub permissions: &'static [&'static [Permission]],
    /// The roles that the service has.
    pub roles: &'static [Role],
    /// What API keys begin with, so that they are recognised.
    pub key_prefix: &'static str,
    /// What people call the service.
    pub name: &'static str,
    /// The address under which people reach it, such as `https://example.org`, if it is known.
    pub reached_at: Option<String>,
}

pub(super) struct Inner {
    pub(super) parts: IdentityParts,
    pub(super) cache: Cache,
    pub(super) changes: Changes,
    pub(super) keyring: Keyring,
    pub(super) token_config: TokenConfig,
    /// What the cookie of a session is called. The name makes browsers insist that it came over TLS, from this very host,
    /// for all of it.
    cookie: String,
    /// What the cookie of a known device is called.
    device_cookie: String,
    pub(super) cache_time: Duration,
    recorded: AtomicI64,
    pub(super) passwords: Pool,
    pub(super) password_length: usize,
    pub(super) password_algorithm: Algorithm,
    pub(super) ticket_time: Duration,
    pub(super) ticket_pause: Duration,
    pub(super) tickets_in_answers: bool,
    pub(super) session_time: Duration,
    pub(super) session_idle_time: Duration,
    pub(super) session_kept_time: Duration,
    pub(super) gate: Gate,
    /// Whom passkeys are for, as soon as that is known.
    pub(super) party: OnceLock<Party>,
    pub(super) challenger: Challenger,
    pub(super) metrics: SignInMetrics,
    pub(super) device_time: Duration,
    pub(super) challenge_time: Duration,
    pub(super) factor_required_for: Vec<String>,
}

impl Identity {
    /// Opens the service; blocks. Brings its tables up to date. What it changes it enters into the audit, whose tables are
    /// to be there by then.
    ///
    /// # Errors
    /// If the database fails.
    pub fn open(config: &Config, parts: IdentityParts) -> Result<Self> {
        parts.database.migrate("identity", MIGRATIONS)?;
        let now = parts.clock.now();
        let changes = parts.database.write_blocking(|connection| {
            store::insert_default_workspace(connection, now)?;
            Changes::begin(connection, now)
        })?;
        parts.database.migrate("factors", FACTOR_MIGRATIONS)?;
        let places = Places { open: config.hashes_at_once, kept: config.hashes_for_known_devices };
        let passwords = Pool::open(Recipe::of(config), places, parts.entropy.clone());
        let passwords = passwords.map_err(|error| Error::Failed(error.to_string()))?;
        let secret = attempts::secret(&parts)?;
        let challenger = Challenger::new(&secret, config.challenge_time.duration());
        let party = Party::of(config, parts.reached_at.as_deref(), parts.name);
        let party = party.map_or_else(OnceLock::new, OnceLock::from);
        let gate = Gate::new(config, parts.clock.clone(), secret, parts.redis.clone());
        let metrics = SignInMetrics::new(&parts.metrics, &passwords);
        let counted = parts.metrics.clone();
        let identity = Self(Arc::new(Inner {
            cache: Cache::new(config.cache_size),
            changes,
            keyring: Keyring::new(),
            token_config: TokenConfig::of(config, parts.key_prefix),
            cookie: format!("__Host-{}_session", parts.key_prefix),
            device_cookie: format!("__Host-{}_device", parts.key_prefix),
            cache_time: config.cache_time.duration(),
            recorded: AtomicI64::new(now.0),
            passwords,
            password_length: config.password_length,
            password_algorithm: config.password_algorithm,
            ticket_time: config.ticket_time.duration(),
            ticket_pause: config.ticket_pause.duration(),
            tickets_in_answers: config.tickets_in_answers,
            session_time: config.session_time.duration(),
            session_idle_time: config.session_idle_time.duration(),
            session_kept_time: config.session_kept_time.duration(),
            gate,
            party,
            challenger,
            metrics,
            device_time: config.device_time.duration(),
            challenge_time: config.challenge_time.duration(),
            factor_required_for: config.factor_required_for.clone(),
            parts,
        }));
        identity.register_metrics(&counted);
        Ok(identity)
    }

    /// Says where people reach the service, if that was not known when it was opened: who listens on any free port learns of
    /// it only then. What is known already stays.
    pub(crate) fn is_reached_at(&self, config: &Config, address: &str) {
        if let Some(party) = Party::of(config, Some(address), self.0.parts.name) {
            self.0.party.get_or_init(|| party);
        }
    }

    /// What the cookie of a session is called.
    pub(super) fn cookie(&self) -> &str {
        &self.0.cookie
    }

    /// What the cookie of a known device is called, and how long it lasts.
    pub(super) fn device_cookie(&self) -> (&str, Duration) {
        (&self.0.device_cookie, self.0.device_time)
    }

    /// The time, as identity reads it.
    pub(super) fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }

    /// Writes down when keys and sessions were last used; to be called about once a minute and at the end. A request does not do it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn record_use(&self) -> Result<()> {
        let Inner { parts, cache, recorded, .. } = &*self.0;
        let now = parts.clock.now();
        let used = cache.used_since(Timestamp(recorded.load(Ordering::Relaxed)));
        if used.is_empty() {
            return Ok(());
        }
        let record = move |connection: &mut dyn Connection| {
            used.iter().try_for_each(|(principal, at)| match (&principal.session, &principal.key) {
                (Some(session), _) => sessions::store::record_use(connection, session, *at),
                (None, Some(key)) => store::record_use(connection, principal.workspace, key, *at),
                (None, None) => Ok(()),
            })
        };
        parts.database.write(record).await?;
        recorded.store(now.0, Ordering::Relaxed);
        Ok(())
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

impl fmt::Debug for IdentityParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityParts")
    }
}
