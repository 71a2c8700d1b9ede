//! The service that knows who is who.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::cache::Cache;
use super::key::{Fingerprint, place_of};
use super::store::Stored;
use super::{Config, MIGRATIONS, Principal, store};
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
use crate::sealing::Sealer;
use crate::store::{Database, Result};

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
    /// What API keys begin with, so that they are recognised.
    pub key_prefix: &'static str,
}

pub(super) struct Inner {
    pub(super) parts: IdentityParts,
    pub(super) cache: Cache,
    cache_time: Duration,
    recorded: AtomicI64,
}

impl Identity {
    /// Opens the service; blocks. Brings its tables up to date.
    ///
    /// # Errors
    /// If the database fails.
    pub fn open(config: &Config, parts: IdentityParts) -> Result<Self> {
        parts.database.migrate("identity", MIGRATIONS)?;
        let now = parts.clock.now();
        parts.database.write_blocking(|connection| store::insert_default_workspace(connection, now))?;
        Ok(Self(Arc::new(Inner {
            cache: Cache::new(config.cache_size),
            cache_time: config.cache_time.duration(),
            recorded: AtomicI64::new(now.0),
            parts,
        })))
    }

    /// Who has this credential, if it is a good one.
    ///
    /// # Errors
    /// If the database had to be asked and failed.
    pub async fn authenticate(&self, token: &str) -> Result<Option<Arc<Principal>>> {
        let Inner { parts, cache, cache_time, .. } = &*self.0;
        let (fingerprint, now) = (Fingerprint::of(token), parts.clock.now());
        if let Some(principal) = cache.find(&fingerprint, now) {
            return Ok(Some(principal));
        }
        let (workspace, id) = place_of(parts.key_prefix, token);
        let (id, read_at) = (id.to_owned(), cache.generation());
        let found = parts.database.read(move |connection| store::find(connection, workspace, &id)).await?;
        let Some(stored) = found.filter(|stored| fingerprint.matches(&stored.fingerprint) && works(stored, now)) else {
            return Ok(None);
        };
        let Stored { key, kind, .. } = stored;
        let good_until = key.expires_at.map_or(now.plus(*cache_time), |expiry| expiry.min(now.plus(*cache_time)));
        let principal = Arc::new(Principal { workspace, id: key.id, kind, permissions: key.permissions });
        cache.insert(fingerprint, principal.clone(), good_until, (now, read_at));
        Ok(Some(principal))
    }

    /// Who this principal is now, if their credential still works: for what outlives the request that let it in, such as
    /// a stream. Asks the database, so that a revocation on another node is seen as well.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn current(&self, principal: &Principal) -> Result<Option<Principal>> {
        let (workspace, id, now) = (principal.workspace, principal.id.clone(), self.0.parts.clock.now());
        let found = self.0.parts.database.read(move |connection| store::find(connection, workspace, &id)).await?;
        let working = found.filter(|stored| works(stored, now));
        Ok(working.map(|Stored { key, kind, .. }| Principal {
            workspace,
            id: key.id,
            kind,
            permissions: key.permissions,
        }))
    }

    /// Writes down when keys were last used; to be called about once a minute and at the end. A request does not do it.
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
        let record = move |connection: &mut dyn crate::store::Connection| {
            used.iter()
                .try_for_each(|(principal, at)| store::record_use(connection, principal.workspace, &principal.id, *at))
        };
        parts.database.write(record).await?;
        recorded.store(now.0, Ordering::Relaxed);
        Ok(())
    }
}

fn works(stored: &Stored, now: Timestamp) -> bool {
    stored.key.revoked_at.is_none() && stored.key.expires_at.is_none_or(|expiry| now < expiry)
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
