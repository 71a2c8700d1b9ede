//! The service that knows who is who.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::attempts::Gate;
use super::cache::Cache;
use super::key::{Fingerprint, place_of};
use super::metrics::SignInMetrics;
use super::passwords::{Places, Pool, Recipe};
use super::store::Stored;
use super::{Algorithm, CameBy, Config, FACTOR_MIGRATIONS, MIGRATIONS, Permission, Principal, Role, sessions, store};
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
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
    /// Tables of all permissions that there are.
    pub permissions: &'static [&'static [Permission]],
    /// The roles that the service has.
    pub roles: &'static [Role],
    /// What API keys begin with, so that they are recognised.
    pub key_prefix: &'static str,
    /// What people call the service.
    pub name: &'static str,
}

pub(super) struct Inner {
    pub(super) parts: IdentityParts,
    pub(super) cache: Cache,
    /// What the cookie of a session is called. The name makes browsers insist that it came over TLS, from this very host,
    /// for all of it.
    cookie: String,
    /// What the cookie of a known device is called.
    device_cookie: String,
    cache_time: Duration,
    recorded: AtomicI64,
    pub(super) passwords: Pool,
    pub(super) password_length: usize,
    pub(super) password_algorithm: Algorithm,
    pub(super) ticket_time: Duration,
    pub(super) session_time: Duration,
    pub(super) session_idle_time: Duration,
    pub(super) gate: Gate,
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
        parts.database.write_blocking(|connection| store::insert_default_workspace(connection, now))?;
        parts.database.migrate("factors", FACTOR_MIGRATIONS)?;
        let places = Places { open: config.hashes_at_once, kept: config.hashes_for_known_devices };
        let passwords = Pool::open(Recipe::of(config), places, parts.entropy.clone());
        let passwords = passwords.map_err(|error| Error::Failed(error.to_string()))?;
        let gate = Gate::open(config, parts.clock.clone(), parts.entropy.as_ref());
        let gate = gate.map_err(|error| Error::Failed(error.to_string()))?;
        let metrics = SignInMetrics::new(&parts.metrics, &passwords);
        Ok(Self(Arc::new(Inner {
            cache: Cache::new(config.cache_size),
            cookie: format!("__Host-{}_session", parts.key_prefix),
            device_cookie: format!("__Host-{}_device", parts.key_prefix),
            cache_time: config.cache_time.duration(),
            recorded: AtomicI64::new(now.0),
            passwords,
            password_length: config.password_length,
            password_algorithm: config.password_algorithm,
            ticket_time: config.ticket_time.duration(),
            session_time: config.session_time.duration(),
            session_idle_time: config.session_idle_time.duration(),
            gate,
            metrics,
            device_time: config.device_time.duration(),
            challenge_time: config.challenge_time.duration(),
            factor_required_for: config.factor_required_for.clone(),
            parts,
        })))
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

    /// Who has this credential, if it is a good one.
    ///
    /// # Errors
    /// If the database had to be asked and failed.
    pub async fn authenticate(&self, token: &str) -> Result<Option<Arc<Principal>>> {
        self.authenticate_unless(token, || Ok(())).await
    }

    /// As [`authenticate`](Self::authenticate), but before anything is looked up for a credential that has not been a
    /// good one lately, `refuse` may refuse.
    pub(super) async fn authenticate_unless<E: From<Error>>(
        &self,
        token: &str,
        refuse: impl FnOnce() -> std::result::Result<(), E>,
    ) -> std::result::Result<Option<Arc<Principal>>, E> {
        let Inner { parts, cache, cache_time, .. } = &*self.0;
        let (fingerprint, now) = (Fingerprint::of(token), parts.clock.now());
        if let Some(principal) = cache.find(&fingerprint, now) {
            return Ok(Some(principal));
        }
        if !cache.remembers(&fingerprint) {
            refuse()?;
        }
        let (identity, text, read_at) = (self.clone(), token.to_owned(), cache.generation());
        let read = move |connection: &mut dyn Connection| identity.look_up(connection, &text, &fingerprint, now);
        let Some((principal, until)) = parts.database.read(read).await? else { return Ok(None) };
        cache.insert(fingerprint, principal.clone(), until.min(now.plus(*cache_time)), (now, read_at));
        Ok(Some(principal))
    }

    /// Who has this credential, and until when it is one.
    fn look_up(
        &self,
        connection: &mut dyn Connection,
        token: &str,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> Result<Option<(Arc<Principal>, Timestamp)>> {
        let prefix = self.0.parts.key_prefix;
        if let Some(id) = sessions::place_of(prefix, token) {
            return self.principal_by_session(connection, id, fingerprint, now);
        }
        let (workspace, id) = place_of(prefix, token);
        let found = store::find(connection, workspace, id)?;
        let found = found.filter(|stored| fingerprint.matches(&stored.fingerprint) && stored.key.works(now));
        Ok(found.map(|stored| {
            let until = stored.key.expires_at.unwrap_or(Timestamp(i64::MAX));
            (Arc::new(principal(workspace, stored)), until)
        }))
    }

    /// Who this principal is now, if their credential still works: for what outlives the request that let it in, such as
    /// a stream. Asks the database, so that a revocation on another node is seen as well.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn current(&self, principal: &Principal) -> Result<Option<Principal>> {
        let (identity, now) = (self.clone(), self.0.parts.clock.now());
        let (workspace, id, session) = (principal.workspace, principal.id.clone(), principal.session.clone());
        let read = move |connection: &mut dyn Connection| match session {
            Some(session) => identity.current_by_session(connection, &session, now),
            None => {
                let found = store::find(connection, workspace, &id)?.filter(|stored| stored.key.works(now));
                Ok(found.map(|stored| self::principal(workspace, stored)))
            }
        };
        self.0.parts.database.read(read).await
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
            used.iter().try_for_each(|(principal, at)| match &principal.session {
                Some(session) => sessions::store::record_use(connection, session, *at),
                None => store::record_use(connection, principal.workspace, &principal.id, *at),
            })
        };
        parts.database.write(record).await?;
        recorded.store(now.0, Ordering::Relaxed);
        Ok(())
    }
}

fn principal(workspace: i64, Stored { key, kind, .. }: Stored) -> Principal {
    let (session, came_by, expires_at) = (None, CameBy::Key, key.expires_at);
    let must_enrol = false;
    Principal { workspace, id: key.id, kind, permissions: key.permissions, must_enrol, session, came_by, expires_at }
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
