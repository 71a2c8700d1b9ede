//! A bounded number of hashes at once; who comes when all places are taken is refused before anything is hashed, so that
//! a flood of sign-ins takes neither all processors nor all memory. Some places are kept for those whom the flood is not
//! made of: known devices, and people who are in already.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use super::algorithm::{HashRefused, Recipe, verify};
use super::normal::normal;
use crate::config::Secret;
use crate::entropy::{Entropy, Unavailable};

/// Why nothing was hashed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
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

/// Who wants a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Somebody on a known device, or who has shown otherwise that they are no stranger: they wait for a place.
    Known,
    /// A stranger: they get one of the others, or none.
    Stranger,
    /// A stranger among very many: they share a single place.
    Crowd,
}

/// How many places there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    /// For everybody.
    pub(crate) open: usize,
    /// Besides, for those who are no strangers.
    pub(crate) kept: usize,
}

/// The places for hashing. Clones are the same.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    recipe: Recipe,
    open: Arc<Semaphore>,
    kept: Arc<Semaphore>,
    crowd: Arc<Semaphore>,
    entropy: Arc<dyn Entropy>,
    /// What is verified for somebody who does not exist, so that it takes as long.
    decoy: String,
    lately: Lately,
    hashed: AtomicU64,
}

/// The longest that somebody waits for one of the kept places.
const PATIENCE: Duration = Duration::from_secs(4);

impl Pool {
    /// Blocks for one hash.
    pub(crate) fn open(recipe: Recipe, places: Places, entropy: Arc<dyn Entropy>) -> Result<Self, HashError> {
        let started = Instant::now();
        let decoy = hash(&recipe, "nobody's password", entropy.as_ref())?;
        let lately = Lately::beginning_with(started.elapsed());
        let semaphore = |places: usize| Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS)));
        let (open, kept, crowd) = (semaphore(places.open), semaphore(places.kept), semaphore(1));
        Ok(Self(Arc::new(Inner { recipe, open, kept, crowd, entropy, decoy, lately, hashed: AtomicU64::new(0) })))
    }

    /// What is to be stored of a password, for somebody who is no stranger.
    pub(crate) async fn hash(&self, password: Secret<String>) -> Result<String, HashError> {
        let work = move |inner: &Inner| match normal(password.expose()) {
            Some(password) => hash(&inner.recipe, &password, inner.entropy.as_ref()),
            None => Err(HashError::Failed("a password was not checked before it was hashed".into())),
        };
        self.work(Lane::Known, work).await?
    }

    /// Refuses a hash that was made elsewhere if verifying it would take more than signing in can bear.
    pub(crate) fn takes_over(&self, stored: &str) -> Result<(), HashRefused> {
        self.0.recipe.takes_over(stored)
    }

    /// Whether it is the password that `stored` was made of, for somebody who is no stranger.
    pub(crate) async fn verify(&self, password: Secret<String>, stored: Option<String>) -> Result<Verdict, HashError> {
        self.verify_in(Lane::Known, password, stored).await
    }

    /// Whether it is the password that `stored` was made of. Takes as long when there is nothing stored, and for what
    /// cannot be a password.
    pub(crate) async fn verify_in(
        &self,
        lane: Lane,
        password: Secret<String>,
        stored: Option<String>,
    ) -> Result<Verdict, HashError> {
        self.work(lane, move |inner| {
            let password = normal(password.expose());
            let against = stored.as_ref().filter(|_| password.is_some()).unwrap_or(&inner.decoy);
            let right = verify(password.as_deref().unwrap_or_default().as_bytes(), against);
            match stored {
                Some(stored) if right && password.is_some() => {
                    Verdict::Right { outdated: inner.recipe.is_outdated(&stored) }
                }
                _ => Verdict::Wrong,
            }
        })
        .await
    }

    /// Takes as long as hashing took lately, and does nothing: who has to wait is not to be told from who was wrong.
    pub(crate) async fn pretend(&self) {
        sleep(self.0.lately.any()).await;
    }

    /// How many were hashed.
    pub(crate) fn hashed(&self) -> u64 {
        self.0.hashed.load(Ordering::Relaxed)
    }

    /// How many open and kept places are free.
    pub(crate) fn free(&self) -> (usize, usize) {
        (self.0.open.available_permits(), self.0.kept.available_permits())
    }

    /// What has begun runs to its end, whether or not anybody still waits: its place is taken for as long.
    async fn work<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let places = self.places(lane).await?;
        let inner = self.0.clone();
        let done = spawn_blocking(move || {
            let (_places, started) = (places, Instant::now());
            let done = work(&inner);
            inner.hashed.fetch_add(1, Ordering::Relaxed);
            inner.lately.note(started.elapsed());
            done
        });
        done.await.map_err(|error| HashError::Failed(error.to_string()))
    }

    async fn places(&self, lane: Lane) -> Result<Vec<OwnedSemaphorePermit>, HashError> {
        let now = |places: &Arc<Semaphore>| places.clone().try_acquire_owned().map_err(|_| HashError::Busy);
        match lane {
            Lane::Stranger => Ok(vec![now(&self.0.open)?]),
            Lane::Crowd => Ok(vec![now(&self.0.crowd)?, now(&self.0.open)?]),
            Lane::Known => match now(&self.0.open) {
                Ok(place) => Ok(vec![place]),
                Err(_) => {
                    let kept = timeout(PATIENCE, self.0.kept.clone().acquire_owned()).await;
                    kept.ok().and_then(Result::ok).map(|place| vec![place]).ok_or(HashError::Busy)
                }
            },
        }
    }
}

fn hash(recipe: &Recipe, password: &str, entropy: &dyn Entropy) -> Result<String, HashError> {
    let mut salt = [0; 16];
    entropy.fill(&mut salt)?;
    recipe.hash(password.as_bytes(), salt).map_err(HashError::Failed)
}

/// How long the last hashes took, in microseconds.
struct Lately {
    took: [AtomicU32; 32],
    next: AtomicUsize,
}

impl Lately {
    fn beginning_with(took: Duration) -> Self {
        let took = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        Self { took: std::array::from_fn(|_| AtomicU32::new(took)), next: AtomicUsize::new(0) }
    }

    fn note(&self, took: Duration) {
        let took = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        self.slot().store(took, Ordering::Relaxed);
    }

    /// One after the other of them: as long now and as short then as hashing itself.
    fn any(&self) -> Duration {
        Duration::from_micros(self.slot().load(Ordering::Relaxed).into())
    }

    fn slot(&self) -> &AtomicU32 {
        let [first, ..] = &self.took;
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.took.len();
        self.took.get(at).unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::identity::{Algorithm, Config};

    fn pool(open: usize, kept: usize) -> Pool {
        let config =
            Config { password_memory: crate::config::ByteSize::kib(64), password_passes: 1, ..Config::default() };
        Pool::open(Recipe::of(&config), Places { open, kept }, Arc::new(SeededEntropy::new(7))).unwrap()
    }

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.into())
    }

    #[tokio::test]
    async fn nobody_has_no_password_not_even_the_decoys() {
        let pool = pool(1, 1);
        let stored = pool.hash(secret("one")).await.unwrap();
        assert_eq!(pool.verify(secret("one"), Some(stored.clone())).await, Ok(Verdict::Right { outdated: false }));
        assert_eq!(pool.verify(secret("two"), Some(stored)).await, Ok(Verdict::Wrong));
        assert_eq!(pool.verify(secret("nobody's password"), None).await, Ok(Verdict::Wrong));
        assert_eq!(pool.verify(secret(""), None).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn a_stranger_who_comes_when_all_places_are_taken_is_refused_at_once() {
        let pool = pool(1, 1);
        let taken = pool.0.open.clone().try_acquire_owned().unwrap();
        let stranger = |lane| pool.verify_in(lane, secret("one"), None);
        assert_eq!(stranger(Lane::Stranger).await, Err(HashError::Busy));
        assert_eq!(stranger(Lane::Crowd).await, Err(HashError::Busy));
        assert_eq!(stranger(Lane::Known).await, Ok(Verdict::Wrong), "a place is kept for who is none");
        drop(taken);
        assert_eq!(stranger(Lane::Stranger).await, Ok(Verdict::Wrong));
        assert_eq!(stranger(Lane::Crowd).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn who_is_known_waits_for_a_kept_place() {
        let pool = pool(1, 1);
        let _open = pool.0.open.clone().try_acquire_owned().unwrap();
        let kept = pool.0.kept.clone().try_acquire_owned().unwrap();
        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move { pool.hash(secret("one")).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(kept);
        assert!(waiting.await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn a_crowd_shares_one_place_however_many_there_are() {
        let pool = pool(4, 1);
        let one = pool.places(Lane::Crowd).await.unwrap();
        assert_eq!(pool.places(Lane::Crowd).await.unwrap_err(), HashError::Busy);
        assert!(pool.places(Lane::Stranger).await.is_ok());
        drop(one);
        assert!(pool.places(Lane::Crowd).await.is_ok());
    }

    #[tokio::test]
    async fn one_password_typed_two_ways_is_one_and_what_is_none_is_wrong() {
        for algorithm in [Algorithm::Argon2id, Algorithm::Bcrypt] {
            let config = Config {
                password_algorithm: algorithm,
                password_memory: crate::config::ByteSize::kib(64),
                bcrypt_cost: 4,
                ..Config::default()
            };
            let places = Places { open: 1, kept: 1 };
            let pool = Pool::open(Recipe::of(&config), places, Arc::new(SeededEntropy::new(7))).unwrap();
            let stored = pool.hash(secret("gr\u{fc}ner Tee")).await.unwrap();
            let verdict = |password: String| pool.verify(secret(&password), Some(stored.clone()));
            let right = Ok(Verdict::Right { outdated: false });
            assert_eq!(verdict("gru\u{308}ner Tee".into()).await, right, "as another keyboard writes it");
            // bcrypt goes round and round over what it reads: to it, these are the same.
            assert_eq!(verdict("gr\u{fc}ner Tee\0gr\u{fc}ner Tee".into()).await, Ok(Verdict::Wrong));
            assert_eq!(verdict("gr\u{fc}ner Tee\0".into()).await, Ok(Verdict::Wrong));
            assert_eq!(verdict("x".repeat(1 << 20)).await, Ok(Verdict::Wrong));
        }
    }
}
