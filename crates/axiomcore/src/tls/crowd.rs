//! Handshakes under way: so many and no more, and the oldest gives way.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// A bounded number of places, taken in turn.
#[derive(Clone)]
pub(super) struct Crowd {
    most: usize,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    next: u64,
    /// In the order in which they came.
    places: BTreeMap<u64, Arc<Notify>>,
}

/// A place, until it is dropped or taken away.
pub(super) struct Place {
    number: u64,
    taken: Arc<Notify>,
    crowd: Crowd,
}

impl Crowd {
    pub(super) fn new(most: usize) -> Self {
        Self { most, inside: Arc::default() }
    }

    /// A place. If there are too many now, the oldest is taken away.
    pub(super) fn enter(&self) -> Place {
        let taken = Arc::new(Notify::new());
        let mut inside = self.lock();
        let number = inside.next;
        inside.next += 1;
        inside.places.insert(number, taken.clone());
        if inside.places.len() > self.most
            && let Some((_, oldest)) = inside.places.pop_first()
        {
            oldest.notify_one();
        }
        drop(inside);
        Place { number, taken, crowd: self.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Ends when the place is taken away.
    pub(super) async fn taken(&self) {
        self.taken.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.lock().places.remove(&self.number);
    }
}

impl fmt::Debug for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.lock().places.len(), self.most)
    }
}
