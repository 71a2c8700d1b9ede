//! Agents in memory: a few bytes each, found by a hash of their name, forgotten when there are too many.

use std::collections::HashMap;
use std::sync::Arc;

use hashbrown::HashTable;
use postcard::fixint;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::window::Window;

/// An agent's name within its workspace, hashed: short enough for a million of them, too long for two to be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Id([u8; Self::BYTES]);

impl Id {
    const BYTES: usize = 16;

    pub(super) fn of(workspace: i64, name: &str) -> Self {
        let hash = Sha256::new().chain_update(workspace.to_le_bytes()).chain_update(name).finalize();
        let mut id = [0; Self::BYTES];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self(id)
    }

    /// Which of so many shards has it.
    pub(super) fn shard(self, shards: usize) -> usize {
        (u128::from_le_bytes(self.0) >> 64) as usize % shards.max(1)
    }

    const fn hash(self) -> u64 {
        u128::from_le_bytes(self.0) as u64
    }
}

/// What is kept of a hot agent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Hot<'a> {
    pub(super) id: Id,
    pub(super) workspace: i64,
    /// Names the agent in the log.
    pub(super) key: i64,
    pub(super) model: i64,
    #[serde(with = "fixint::le")]
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
    /// Its own part of what the engine saves; nothing before the first step of an episode, unless it has learnt something.
    #[serde(borrow)]
    pub(super) state: Option<&'a [u8]>,
}

/// A hot agent as it lies in memory: numbers are as short as they are, and all of it is one piece.
#[derive(Clone, Debug)]
pub(super) struct Packed(Box<[u8]>);

impl Packed {
    pub(super) fn of(hot: &Hot<'_>) -> Self {
        // Writing to memory does not fail. The bytes are copied, for an allocator may leave a vector that gives up what it
        // has too much in the larger place.
        Self(postcard::to_stdvec(hot).unwrap_or_default().as_slice().into())
    }

    /// Always there: nobody else writes these bytes.
    pub(super) fn hot(&self) -> Option<Hot<'_>> {
        postcard::from_bytes(&self.0).ok()
    }

    /// What is written first, without reading the rest.
    fn id(&self) -> Option<Id> {
        self.0.first_chunk().copied().map(Id)
    }

    /// Bytes that the agent takes, about.
    fn size(&self) -> usize {
        self.0.len() + ALLOCATION + PLACE
    }
}

/// What the allocator adds to each piece, about.
const ALLOCATION: usize = 16;

/// What a place takes: a pointer, a length and two marks; and in the index a number and a byte, at a load of seven
/// eighths to seven sixteenths.
const PLACE: usize = 28;

/// Places that are made at once, so that a growing cache never copies what it has.
const CHUNK: usize = 1024;

/// A place in the cache.
pub(super) type Slot = u32;

/// Places side by side.
struct Chunk {
    agents: Vec<Option<Packed>>,
    /// Whether an event of it is on its way to disk.
    in_flight: Vec<bool>,
    /// Asked for since the hand came by last.
    used: Vec<bool>,
}

/// The hot agents of a shard, within a bound of bytes.
pub(super) struct Cache {
    chunks: Vec<Chunk>,
    free: Vec<Slot>,
    index: HashTable<Slot>,
    /// The idempotency keys of those that were asked for one: most agents never are.
    windows: HashMap<Slot, Window>,
    bytes: usize,
    most: usize,
    hand: Slot,
}

impl Cache {
    pub(super) fn new(most: usize) -> Self {
        let (chunks, free, index, windows) = (Vec::new(), Vec::new(), HashTable::new(), HashMap::new());
        Self { chunks, free, index, windows, bytes: 0, most, hand: 0 }
    }

    pub(super) fn find(&self, id: Id) -> Option<Slot> {
        self.index.find(id.hash(), |slot| self.packed(*slot).and_then(Packed::id) == Some(id)).copied()
    }

    pub(super) fn get(&self, slot: Slot) -> Option<Hot<'_>> {
        self.packed(slot)?.hot()
    }

    /// To be sent to another thread.
    pub(super) fn packed(&self, slot: Slot) -> Option<&Packed> {
        let (chunk, place) = at(slot);
        self.chunks.get(chunk)?.agents.get(place)?.as_ref()
    }

    /// The keys that it remembers, if they were read.
    pub(super) fn window(&self, slot: Slot) -> Option<&Window> {
        self.windows.get(&slot)
    }

    pub(super) fn window_mut(&mut self, slot: Slot) -> Option<&mut Window> {
        self.windows.get_mut(&slot)
    }

    pub(super) fn is_in_flight(&self, slot: Slot) -> bool {
        let (chunk, place) = at(slot);
        self.chunks.get(chunk).and_then(|chunk| chunk.in_flight.get(place)).is_some_and(|in_flight| *in_flight)
    }

    pub(super) fn set_in_flight(&mut self, slot: Slot, in_flight: bool) {
        let (chunk, place) = at(slot);
        let mark = self.chunks.get_mut(chunk).and_then(|chunk| chunk.in_flight.get_mut(place));
        mark.into_iter().for_each(|mark| *mark = in_flight);
    }

    /// Notes that it was asked for.
    pub(super) fn touch(&mut self, slot: Slot) {
        self.used(slot).into_iter().for_each(|used| *used = true);
    }

    fn used(&mut self, slot: Slot) -> Option<&mut bool> {
        let (chunk, place) = at(slot);
        self.chunks.get_mut(chunk)?.used.get_mut(place)
    }

    fn place(&mut self, slot: Slot) -> Option<&mut Option<Packed>> {
        let (chunk, place) = at(slot);
        self.chunks.get_mut(chunk)?.agents.get_mut(place)
    }

    /// Puts what has become of an agent where it was.
    pub(super) fn replace(&mut self, slot: Slot, packed: Packed) {
        let (chunk, place) = at(slot);
        let Some(old) = self.chunks.get_mut(chunk).and_then(|chunk| chunk.agents.get_mut(place)?.as_mut()) else {
            return;
        };
        self.bytes = (self.bytes + packed.size()).saturating_sub(old.size());
        *old = packed;
    }

    /// Takes an agent in, with the keys that it remembers if they were read; makes room for it first.
    pub(super) fn insert(&mut self, packed: Packed, window: Option<Window>) -> Option<Slot> {
        let id = packed.id()?;
        self.bytes += packed.size() + window.as_ref().map_or(0, |_| Window::SIZE);
        self.make_room();
        let slot = self.free.pop().unwrap_or_else(|| self.grow());
        self.place(slot)?.replace(packed);
        self.set_in_flight(slot, false);
        self.used(slot).into_iter().for_each(|used| *used = false);
        self.windows.extend(window.map(|window| (slot, window)));
        let chunks = &self.chunks;
        let hash_of = |slot: &Slot| {
            let (chunk, place) = at(*slot);
            let packed = chunks.get(chunk).and_then(|chunk| chunk.agents.get(place)?.as_ref());
            packed.and_then(Packed::id).map_or(0, Id::hash)
        };
        self.index.insert_unique(id.hash(), slot, hash_of);
        Some(slot)
    }

    pub(super) fn remove(&mut self, slot: Slot) {
        let Some(packed) = self.place(slot).and_then(Option::take) else { return };
        let window = self.windows.remove(&slot).map_or(0, |_| Window::SIZE);
        self.bytes = self.bytes.saturating_sub(packed.size() + window);
        let hash = packed.id().map_or(0, Id::hash);
        if let Ok(entry) = self.index.find_entry(hash, |found| *found == slot) {
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
        let marks = || vec![false; CHUNK];
        self.chunks.push(Chunk { agents: vec![None; CHUNK], in_flight: marks(), used: marks() });
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
            if self.packed(hand).is_none() || self.is_in_flight(hand) {
                continue;
            }
            if self.used(hand).is_some_and(std::mem::take) {
                continue;
            }
            self.remove(hand);
        }
    }
}

/// Which chunk, and which place in it.
const fn at(slot: Slot) -> (usize, usize) {
    (slot as usize / CHUNK, slot as usize % CHUNK)
}

/// A name that is shared, for events.
pub(super) type Name = Arc<str>;

#[cfg(test)]
mod tests {
    use super::*;

    /// What a T-maze agent's own part of its state takes.
    const STATE: usize = 57;

    fn hot(name: &str) -> Packed {
        Packed::of(&Hot {
            id: Id::of(1, name),
            workspace: 1,
            key: 1_000_000,
            model: 1,
            seed: u64::MAX,
            salt: [7; 16],
            revision: 10_000,
            step: 10_000,
            episode: 1,
            last: 1 << 34,
            far: [1 << 34; 2],
            keyed: 0,
            commitment: [255; 32],
            state: Some(&[9; STATE]),
        })
    }

    #[test]
    fn agents_are_found_by_name_until_they_are_removed() {
        let mut cache = Cache::new(1 << 30);
        let slots: Vec<Slot> = (0..5000).map(|n| cache.insert(hot(&format!("agent-{n}")), None).unwrap()).collect();
        assert_eq!(cache.find(Id::of(1, "agent-4321")), Some(slots[4321]));
        assert_eq!(cache.find(Id::of(2, "agent-4321")), None, "another workspace's agent of the same name is another");
        cache.set_in_flight(slots[4321], true);
        cache.remove(slots[4321]);
        assert_eq!(cache.find(Id::of(1, "agent-4321")), None);
        assert_eq!(cache.insert(hot("new"), None), Some(slots[4321]), "its place is used again");
        assert!(!cache.is_in_flight(slots[4321]), "and what was under way there was another's");
        assert_eq!(cache.len(), 5000);
    }

    #[test]
    fn an_agent_comes_out_as_it_went_in() {
        let mut cache = Cache::new(1 << 30);
        let slot = cache.insert(hot("x"), None).unwrap();
        let before = format!("{:?}", hot("x").hot().unwrap());
        assert_eq!(format!("{:?}", cache.get(slot).unwrap()), before);
        let next = Packed::of(&Hot { revision: 10_001, state: None, ..cache.get(slot).unwrap() });
        cache.replace(slot, next);
        let found = cache.get(slot).unwrap();
        assert_eq!((found.revision, found.state, found.step), (10_001, None, 10_000));
        assert_eq!(cache.bytes(), cache.packed(slot).unwrap().size());
    }

    #[test]
    fn within_its_bound_it_forgets_who_was_not_asked_for_and_nobody_who_is_under_way() {
        let size = hot("x").size();
        let mut cache = Cache::new(size * 100);
        let busy = cache.insert(hot("busy"), None).unwrap();
        cache.set_in_flight(busy, true);
        for n in 0..1000 {
            cache.insert(hot(&format!("agent-{n}")), None);
            let favourite = cache.find(Id::of(1, "agent-0")).unwrap();
            cache.touch(favourite);
        }
        assert!(cache.bytes() <= size * 100 && cache.len() == 100, "{} bytes, {} agents", cache.bytes(), cache.len());
        assert_eq!(cache.find(Id::of(1, "busy")), Some(busy));
        assert!(cache.find(Id::of(1, "agent-0")).is_some() && cache.find(Id::of(1, "agent-1")).is_none());
        cache.remove(busy);
        assert_eq!(cache.bytes(), cache.len() * size);
    }

    #[test]
    fn an_agent_forgets_its_keys_with_all_else() {
        let mut cache = Cache::new(1 << 30);
        let slot = cache.insert(hot("keyed"), Some(Window::default())).unwrap();
        assert!(cache.window(slot).is_some());
        cache.remove(slot);
        assert_eq!(cache.insert(hot("other"), None), Some(slot));
        assert!(cache.window(slot).is_none());
    }

    #[test]
    fn a_million_agents_that_have_lived_long_take_little_more_than_two_hundred_megabytes() {
        assert!(hot("x").size() <= 215, "{}", hot("x").size());
    }
}
