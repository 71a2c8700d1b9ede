//! Verified keys in memory, so that a request does not wait for the database.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::Principal;
use super::key::Fingerprint;
use super::tokens::Claims;
use crate::clock::Timestamp;

/// A verified key.
pub(super) struct Entry {
    pub(super) principal: Arc<Principal>,
    /// When to look again, or when the key expires if that is sooner.
    pub(super) good_until: Timestamp,
    /// What a token says whose signature was verified.
    claims: Option<Claims>,
    last_used: AtomicI64,
}

/// Bounded; by the hash of the key's text, so that the text itself is not kept.
pub(super) struct Cache {
    entries: RwLock<BTreeMap<Fingerprint, Entry>>,
    /// Counts revocations. What was read from the database before one is not kept after it.
    generation: AtomicU64,
    most: usize,
}

/// Who a credential was found to be of.
pub(super) struct Found {
    pub(super) principal: Arc<Principal>,
    /// Until when that may be taken for true.
    pub(super) good_until: Timestamp,
    /// What it says, if it is a token; its signature was verified.
    pub(super) claims: Option<Claims>,
}

/// When something was read from the database.
#[derive(Clone, Copy)]
pub(super) struct Generation(u64);

impl Cache {
    pub(super) const fn new(most: usize) -> Self {
        Self { entries: RwLock::new(BTreeMap::new()), generation: AtomicU64::new(0), most }
    }

    pub(super) fn find(&self, fingerprint: &Fingerprint, now: Timestamp) -> Option<Arc<Principal>> {
        let entries = self.read();
        let entry = entries.get(fingerprint).filter(|entry| now < entry.good_until)?;
        entry.last_used.store(now.0, Ordering::Relaxed);
        Some(entry.principal.clone())
    }

    /// What a token says whose signature was verified, though its holder may have to be looked up again.
    pub(super) fn claims(&self, fingerprint: &Fingerprint) -> Option<Claims> {
        self.read().get(fingerprint)?.claims.clone()
    }

    /// Whether a key has been a good one lately, though it may have to be looked up again.
    pub(super) fn remembers(&self, fingerprint: &Fingerprint) -> bool {
        self.read().contains_key(fingerprint)
    }

    pub(super) fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::SeqCst))
    }

    pub(super) fn insert(&self, fingerprint: Fingerprint, found: Found, (now, read_at): (Timestamp, Generation)) {
        let mut entries = self.write();
        if self.generation.load(Ordering::SeqCst) != read_at.0 {
            return;
        }
        if entries.len() >= self.most {
            entries.retain(|_, entry| now < entry.good_until);
        }
        while entries.len() >= self.most.max(1) {
            // By chance, for hashes are; whoever is thrown out costs one look into the database.
            entries.pop_first();
        }
        let Found { principal, good_until, claims } = found;
        entries.insert(fingerprint, Entry { principal, good_until, claims, last_used: AtomicI64::new(now.0) });
    }

    /// Forgets a principal at once.
    pub(super) fn remove(&self, workspace: i64, id: &str) {
        let mut entries = self.write();
        self.generation.fetch_add(1, Ordering::SeqCst);
        entries.retain(|_, entry| entry.principal.workspace != workspace || entry.principal.id != id);
    }

    /// Forgets everything at once.
    pub(super) fn clear(&self) {
        let mut entries = self.write();
        self.generation.fetch_add(1, Ordering::SeqCst);
        entries.clear();
    }

    /// Which keys were used after `since`, and when.
    pub(super) fn used_since(&self, since: Timestamp) -> Vec<(Arc<Principal>, Timestamp)> {
        let used = |entry: &Entry| (entry.principal.clone(), Timestamp(entry.last_used.load(Ordering::Relaxed)));
        self.read().values().map(used).filter(|(_, at)| *at > since).collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<Fingerprint, Entry>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<Fingerprint, Entry>> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{CameBy, Permissions, PrincipalKind};

    const FOREVER: Timestamp = Timestamp(i64::MAX);

    fn principal(id: &str) -> Arc<Principal> {
        let (kind, permissions, came_by) = (PrincipalKind::ApiKey, Permissions::Every, CameBy::Key);
        let (session, expires_at) = (None, None);
        Arc::new(Principal {
            workspace: 1,
            id: id.into(),
            kind,
            permissions,
            must_enrol: false,
            session,
            key: None,
            came_by,
            expires_at,
        })
    }

    fn found(id: &str, good_until: Timestamp) -> Found {
        Found { principal: principal(id), good_until, claims: None }
    }

    #[test]
    fn what_was_read_before_a_revocation_is_not_kept_after_it() {
        let cache = Cache::new(4);
        let (key, read_at) = (Fingerprint::of("key"), cache.generation());
        cache.remove(1, "k");
        cache.insert(key, found("k", FOREVER), (Timestamp(0), read_at));
        assert!(cache.find(&key, Timestamp(1)).is_none());
    }

    #[test]
    fn the_cache_stays_within_its_bound_and_drops_what_is_stale_first() {
        let cache = Cache::new(3);
        let put = |text: &str, until| {
            cache.insert(Fingerprint::of(text), found(text, until), (Timestamp(10), cache.generation()));
        };
        put("stale", Timestamp(5));
        put("a", FOREVER);
        put("b", FOREVER);
        put("c", FOREVER);
        let found = ["a", "b", "c"].map(|text| cache.find(&Fingerprint::of(text), Timestamp(10)).is_some());
        assert_eq!(found, [true; 3]);
        put("d", FOREVER);
        assert_eq!(cache.read().len(), 3);
    }
}
