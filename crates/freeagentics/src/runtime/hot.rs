//! Agents in memory: a small record each, found by a hash of their name, forgotten when there are too many.

use std::sync::Arc;

use hashbrown::HashTable;
use sha2::{Digest, Sha256};

use super::window::Window;

/// An agent's name within its workspace, hashed: short enough for a million of them, too long for two to be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id(u128);

impl Id {
    pub(super) fn of(workspace: i64, name: &str) -> Self {
        let hash = Sha256::new().chain_update(workspace.to_le_bytes()).chain_update(name).finalize();
        let mut id = [0; 16];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self(u128::from_le_bytes(id))
    }

    /// Which of so many shards has it.
    pub(super) fn shard(self, shards: usize) -> usize {
        (self.0 >> 64) as usize % shards.max(1)
    }

    const fn hash(self) -> u64 {
        self.0 as u64
    }
}

/// What is kept of a hot agent.
#[derive(Clone, Debug)]
pub(super) struct Hot {
    pub(super) id: Id,
    pub(super) workspace: i64,
    /// Names the agent in the log.
    pub(super) key: i64,
    pub(super) model: i64,
    pub(super) seed: u64,
    pub(super) salt: [u8; 16],
    pub(super) revision: u64,
    pub(super) step: u64,
    pub(super) episode: u64,
    /// Its last event, the far links of the next one, and its last keyed one.
    pub(super) last: u64,
    pub(super) far: [u64; 2],
    pub(super) keyed: u64,
    pub(super) commitment: [u8; 32],
    /// As saved by the engine; nothing before the first step of an episode.
    pub(super) state: Option<Box<[u8]>>,
    /// `None` until a key is asked for: most agents never need it.
    pub(super) window: Option<Box<Window>>,
    /// Whether an event of it is on its way to disk.
    pub(super) in_flight: bool,
    /// Asked for since the hand came by last.
    pub(super) used: bool,
}

impl Hot {
    /// Bytes that it takes, about.
    fn size(&self) -> usize {
        let state = self.state.as_ref().map_or(0, |state| state.len() + ALLOCATION);
        let window = self.window.as_ref().map_or(0, |window| window.size() + ALLOCATION);
        size_of::<Option<Self>>() + INDEX + state + window
    }
}

/// What the allocator adds to each piece, about.
const ALLOCATION: usize = 16;

/// What an agent takes in the index: a number and a byte, at a load of seven eighths to seven sixteenths.
const INDEX: usize = 10;

/// Slots that are made at once, so that a growing cache never copies what it has.
const CHUNK: usize = 1024;

/// A place in the cache.
pub(super) type Slot = u32;

/// The hot agents of a shard, within a bound of bytes.
pub(super) struct Cache {
    chunks: Vec<Box<[Option<Hot>]>>,
    free: Vec<Slot>,
    index: HashTable<Slot>,
    bytes: usize,
    most: usize,
    hand: Slot,
}

impl Cache {
    pub(super) fn new(most: usize) -> Self {
        Self { chunks: Vec::new(), free: Vec::new(), index: HashTable::new(), bytes: 0, most, hand: 0 }
    }

    pub(super) fn find(&self, id: Id) -> Option<Slot> {
        self.index.find(id.hash(), |slot| self.get(*slot).is_some_and(|hot| hot.id == id)).copied()
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&Hot> {
        self.chunks.get(slot as usize / CHUNK)?.get(slot as usize % CHUNK)?.as_ref()
    }

    /// To be changed; whoever makes it grow says so with [`resized`](Self::resized).
    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut Hot> {
        self.place(slot)?.as_mut()
    }

    fn place(&mut self, slot: Slot) -> Option<&mut Option<Hot>> {
        self.chunks.get_mut(slot as usize / CHUNK)?.get_mut(slot as usize % CHUNK)
    }

    /// Changes a record and keeps count of its bytes.
    pub(super) fn change(&mut self, slot: Slot, change: impl FnOnce(&mut Hot)) {
        let Some(hot) = self.get_mut(slot) else { return };
        let before = hot.size();
        change(hot);
        let after = hot.size();
        self.bytes = (self.bytes + after).saturating_sub(before);
    }

    /// Takes an agent in; makes room for it first.
    pub(super) fn insert(&mut self, hot: Hot) -> Slot {
        self.bytes += hot.size();
        self.make_room();
        let slot = self.free.pop().unwrap_or_else(|| self.grow());
        let hash = hot.id.hash();
        if let Some(place) = self.place(slot) {
            *place = Some(hot);
        }
        let chunks = &self.chunks;
        let hash_of = |slot: &Slot| {
            let place = chunks.get(*slot as usize / CHUNK).and_then(|chunk| chunk.get(*slot as usize % CHUNK));
            place.and_then(Option::as_ref).map_or(0, |hot| hot.id.hash())
        };
        self.index.insert_unique(hash, slot, hash_of);
        slot
    }

    pub(super) fn remove(&mut self, slot: Slot) {
        let Some(hot) = self.place(slot).and_then(Option::take) else { return };
        self.bytes = self.bytes.saturating_sub(hot.size());
        if let Ok(entry) = self.index.find_entry(hot.id.hash(), |found| *found == slot) {
            entry.remove();
        }
        self.free.push(slot);
    }

    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    fn grow(&mut self) -> Slot {
        let first = (self.chunks.len() * CHUNK) as Slot;
        self.chunks.push((0..CHUNK).map(|_| None).collect());
        self.free.extend((first + 1..first + CHUNK as Slot).rev());
        first
    }

    /// Forgets agents that were not asked for in a whole round of the hand. Those with an event under way stay.
    fn make_room(&mut self) {
        let slots = (self.chunks.len() * CHUNK) as Slot;
        let mut looked = 0;
        while self.bytes > self.most && looked < 2 * slots {
            looked += 1;
            self.hand = if self.hand + 1 >= slots { 0 } else { self.hand + 1 };
            let hand = self.hand;
            let Some(hot) = self.get_mut(hand) else { continue };
            if hot.in_flight {
                continue;
            }
            if std::mem::take(&mut hot.used) {
                continue;
            }
            self.remove(hand);
        }
    }
}

/// A name that is shared, for events.
pub(super) type Name = Arc<str>;

#[cfg(test)]
mod tests {
    use super::*;

    fn hot(name: &str) -> Hot {
        Hot {
            id: Id::of(1, name),
            workspace: 1,
            key: 1,
            model: 1,
            seed: 0,
            salt: [0; 16],
            revision: 1,
            step: 0,
            episode: 1,
            last: 1,
            far: [0; 2],
            keyed: 0,
            commitment: [0; 32],
            state: Some(vec![0; 80].into()),
            window: None,
            in_flight: false,
            used: false,
        }
    }

    #[test]
    fn agents_are_found_by_name_until_they_are_removed() {
        let mut cache = Cache::new(1 << 30);
        let slots: Vec<Slot> = (0..5000).map(|n| cache.insert(hot(&format!("agent-{n}")))).collect();
        assert_eq!(cache.find(Id::of(1, "agent-4321")), Some(slots[4321]));
        assert_eq!(cache.find(Id::of(2, "agent-4321")), None, "another workspace's agent of the same name is another");
        cache.remove(slots[4321]);
        assert_eq!(cache.find(Id::of(1, "agent-4321")), None);
        assert_eq!(cache.insert(hot("new")), slots[4321], "its place is used again");
        assert_eq!(cache.len(), 5000);
    }

    #[test]
    fn within_its_bound_it_forgets_who_was_not_asked_for_and_nobody_who_is_under_way() {
        let size = hot("x").size();
        let mut cache = Cache::new(size * 100);
        let busy = cache.insert(Hot { in_flight: true, ..hot("busy") });
        for n in 0..1000 {
            cache.insert(hot(&format!("agent-{n}")));
            let favourite = cache.find(Id::of(1, "agent-0"));
            favourite.and_then(|slot| cache.get_mut(slot)).unwrap().used = true;
        }
        assert!(cache.bytes() <= size * 100 && cache.len() == 100, "{} bytes, {} agents", cache.bytes(), cache.len());
        assert_eq!(cache.find(Id::of(1, "busy")), Some(busy));
        assert!(cache.find(Id::of(1, "agent-0")).is_some() && cache.find(Id::of(1, "agent-1")).is_none());
        (0..1).for_each(|_| cache.remove(busy));
        assert_eq!(cache.bytes(), cache.len() * size);
    }

    #[test]
    fn a_record_is_small_enough_for_a_million_in_four_hundred_megabytes() {
        assert!(hot("x").size() <= 330, "{}", hot("x").size());
    }
}
