//! Compiled models within a bound of bytes: the ones that nobody has asked for since longest make room for others.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::Compiled;

/// A version, by workspace and key.
type Key = (i64, i64);

/// What is ready to decide. Only the shelf keeps a model for longer than one piece of work takes, so what it gives up is
/// gone.
pub(super) struct Shelf {
    models: HashMap<Key, Arc<Compiled>>,
    /// In the order in which they are looked at when room is needed; one that was asked for meanwhile is passed over once.
    order: VecDeque<Key>,
    bytes: u64,
    most: u64,
}

impl Shelf {
    pub(super) fn new(most: u64) -> Self {
        Self { models: HashMap::new(), order: VecDeque::new(), bytes: 0, most }
    }

    pub(super) fn get(&self, key: Key) -> Option<Arc<Compiled>> {
        let found = self.models.get(&key)?;
        found.touch();
        Some(found.clone())
    }

    /// Takes a model in, and gives up others until there is room; one that is larger than all of it stands alone. If two
    /// have compiled the same, both go on with the first.
    pub(super) fn insert(&mut self, key: Key, compiled: Arc<Compiled>) -> Arc<Compiled> {
        if let Some(first) = self.get(key) {
            return first;
        }
        self.make_room(compiled.weight);
        self.bytes += compiled.weight;
        self.order.push_back(key);
        self.models.insert(key, compiled.clone());
        compiled
    }

    fn make_room(&mut self, weight: u64) {
        let mut chances = self.order.len();
        while self.bytes.saturating_add(weight) > self.most {
            let Some(key) = self.order.pop_front() else { return };
            let Some(compiled) = self.models.get(&key) else { continue };
            // Whoever steps meanwhile must not keep this going for ever.
            if chances > 0 && compiled.was_touched() {
                chances -= 1;
                self.order.push_back(key);
                continue;
            }
            self.bytes = self.bytes.saturating_sub(compiled.weight);
            self.models.remove(&key);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.models.len()
    }

    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) const fn most(&self) -> u64 {
        self.most
    }
}
