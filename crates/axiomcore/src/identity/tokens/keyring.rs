//! All keys in memory, as they were last read from the database.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

use super::TokenError;
use super::key::{Jwk, Key, pair};
use super::rotation::purpose;
use super::store::Stored;
use crate::clock::Timestamp;
use crate::sealing::Sealer;

/// How long after one look into the database a token with an unknown key is reason for another one, in milliseconds:
/// anybody can make up names of keys.
const REST: i64 = 1_000;

/// The keys.
pub(in crate::identity) struct Keyring {
    keys: RwLock<Arc<[Arc<Key>]>>,
    read_at: AtomicI64,
    /// Held while the first key is made, so that those who sign in at the same time wait for one.
    pub(super) making: Mutex<()>,
}

impl Keyring {
    pub(in crate::identity) fn new() -> Self {
        Self { keys: RwLock::new(Arc::new([])), read_at: AtomicI64::new(0), making: Mutex::new(()) }
    }

    /// The newest key that signs now.
    pub(super) fn signer(&self, now: Timestamp) -> Option<Arc<Key>> {
        self.all().iter().find(|key| key.signs(now)).cloned()
    }

    /// The key of this name, if what it has signed may be good now.
    pub(super) fn find(&self, id: &str, now: Timestamp) -> Option<Arc<Key>> {
        self.all().iter().find(|key| key.id == id && key.verifies(now)).cloned()
    }

    /// What others verify by.
    pub(super) fn published(&self, now: Timestamp) -> Vec<Jwk> {
        self.all().iter().filter(|key| key.verifies(now)).map(|key| key.jwk()).collect()
    }

    /// Whether it is worth looking into the database for a key that is not here; says so once in a while.
    pub(super) fn may_look(&self, now: Timestamp) -> bool {
        let last = self.read_at.load(Ordering::Relaxed);
        let rested = !(last..last + REST).contains(&now.0);
        rested && self.read_at.compare_exchange(last, now.0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Takes over what was read. Private keys are opened once.
    pub(super) fn replace(&self, stored: Vec<Stored>, sealer: &Sealer, now: Timestamp) -> Result<(), TokenError> {
        let known = self.all();
        let keys = stored.into_iter().map(|stored| {
            let Stored { id, modulus, sealed, times } = stored;
            let may_sign = times.retired_at.is_none_or(|at| now < at);
            let opened = known.iter().find(|key| key.id == id).and_then(|key| key.pair.clone());
            let pair = match opened {
                Some(pair) => Some(pair).filter(|_| may_sign),
                None if may_sign => Some(Arc::new(pair(sealer.open(&purpose(&id), &sealed)?.expose())?)),
                None => None,
            };
            Ok(Arc::new(Key { id, modulus, times, pair }))
        });
        let keys: Arc<[Arc<Key>]> = keys.collect::<Result<_, TokenError>>()?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        self.read_at.store(now.0, Ordering::Relaxed);
        Ok(())
    }

    fn all(&self) -> Arc<[Arc<Key>]> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
