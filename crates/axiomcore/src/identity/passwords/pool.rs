//! A bounded number of hashes at once; who comes when all places are taken is refused before anything is hashed, so that
//! a flood of sign-ins takes neither all processors nor all memory.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::algorithm::{Recipe, verify};
use crate::config::Secret;
use crate::entropy::{Entropy, Unavailable};

/// Why nothing was hashed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HashError {
    /// All places are taken.
    #[error("too many passwords are being hashed")]
    Busy,
    /// There is no randomness for a salt.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// What should not happen.
    #[error("a password was not hashed: {0}")]
    Failed(String),
}

/// What a password turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The right one; `outdated` if it should be hashed anew.
    Right { outdated: bool },
    /// Not the right one, or there is none.
    Wrong,
}

/// The places for hashing. Clones are the same.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    recipe: Recipe,
    places: Arc<Semaphore>,
    entropy: Arc<dyn Entropy>,
    /// What is verified for somebody who does not exist, so that it takes as long.
    decoy: String,
}

impl Pool {
    /// Blocks for one hash.
    pub(crate) fn open(recipe: Recipe, at_once: usize, entropy: Arc<dyn Entropy>) -> Result<Self, HashError> {
        let decoy = hash(&recipe, b"nobody's password", entropy.as_ref())?;
        let places = Arc::new(Semaphore::new(at_once.min(Semaphore::MAX_PERMITS)));
        Ok(Self(Arc::new(Inner { recipe, places, entropy, decoy })))
    }

    /// What is to be stored of a password.
    pub(crate) async fn hash(&self, password: Secret<String>) -> Result<String, HashError> {
        self.work(move |inner| hash(&inner.recipe, password.expose().as_bytes(), inner.entropy.as_ref())).await?
    }

    /// Whether it is the password that `stored` was made of. Takes as long when there is nothing stored.
    pub(crate) async fn verify(&self, password: Secret<String>, stored: Option<String>) -> Result<Verdict, HashError> {
        self.work(move |inner| {
            let password = password.expose().as_bytes();
            let right = verify(password, stored.as_ref().unwrap_or(&inner.decoy));
            match stored {
                Some(stored) if right => Verdict::Right { outdated: inner.recipe.is_outdated(&stored) },
                _ => Verdict::Wrong,
            }
        })
        .await
    }

    /// What has begun runs to its end, whether or not anybody still waits: its place is taken for as long.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce(&Inner) -> T + Send + 'static) -> Result<T, HashError> {
        let place = self.0.places.clone().try_acquire_owned().map_err(|_| HashError::Busy)?;
        let inner = self.0.clone();
        let done = spawn_blocking(move || {
            let _place = place;
            work(&inner)
        });
        done.await.map_err(|error| HashError::Failed(error.to_string()))
    }
}

fn hash(recipe: &Recipe, password: &[u8], entropy: &dyn Entropy) -> Result<String, HashError> {
    let mut salt = [0; 16];
    entropy.fill(&mut salt)?;
    recipe.hash(password, salt).map_err(HashError::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::identity::Config;

    fn pool(at_once: usize) -> Pool {
        let config =
            Config { password_memory: crate::config::ByteSize::kib(64), password_passes: 1, ..Config::default() };
        Pool::open(Recipe::of(&config), at_once, Arc::new(SeededEntropy::new(7))).unwrap()
    }

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.into())
    }

    #[tokio::test]
    async fn nobody_has_no_password_not_even_the_decoys() {
        let pool = pool(1);
        let stored = pool.hash(secret("one")).await.unwrap();
        assert_eq!(pool.verify(secret("one"), Some(stored.clone())).await, Ok(Verdict::Right { outdated: false }));
        assert_eq!(pool.verify(secret("two"), Some(stored)).await, Ok(Verdict::Wrong));
        assert_eq!(pool.verify(secret("nobody's password"), None).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn who_comes_when_all_places_are_taken_is_refused_at_once() {
        let pool = pool(1);
        let taken = pool.0.places.clone().try_acquire_owned().unwrap();
        assert_eq!(pool.hash(secret("one")).await, Err(HashError::Busy));
        assert_eq!(pool.verify(secret("one"), None).await, Err(HashError::Busy));
        drop(taken);
        assert!(pool.hash(secret("one")).await.is_ok());
    }
}
