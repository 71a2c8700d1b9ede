//! Buckets in memory: as many as there is room for, whoever floods it.
//!
//! The room is a table of small sets. A bucket belongs into one set, and when that is full, it takes the place of the one
//! that is full again soonest. So a flood of addresses that ask once each pushes out one another, while those who have
//! used theirs up, whose moment is furthest away, stay refused.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Buckets, Key, Level, Rate, Taking, bucket};
use crate::clock::Clock;
use crate::entropy::{Entropy, Unavailable};

/// How many buckets a set has.
const WAYS: usize = 8;

/// How many sets a lock guards, so that requests of different people seldom wait for one another.
const SETS: usize = 16;

type Shard = Mutex<[[Slot; WAYS]; SETS]>;

/// A bucket; one that was full at time zero is none.
#[derive(Clone, Copy, Default)]
struct Slot {
    key: u64,
    full_at: u64,
}

/// The table.
pub struct Memory {
    shards: Box<[Shard]>,
    /// Hashed before each key, so that nobody outside knows who shares a set with whom.
    seed: [u8; 16],
    clock: Arc<dyn Clock>,
}

impl Memory {
    /// With room for at least so many buckets, of 16 bytes each.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn new(room: usize, clock: Arc<dyn Clock>, entropy: &dyn Entropy) -> Result<Self, Unavailable> {
        let mut seed = [0; 16];
        entropy.fill(&mut seed)?;
        let n_shards = room.div_ceil(WAYS * SETS).max(1);
        Ok(Self { shards: (0..n_shards).map(|_| Shard::default()).collect(), seed, clock })
    }

    /// Takes one out of a bucket.
    pub fn take_now(&self, key: &Key<'_>, rate: Rate) -> Level {
        self.at(key, |full_at, now| {
            let (moment, level) = bucket::take(full_at, now, rate);
            (Some(moment), level)
        })
    }

    /// What would be found.
    pub fn look(&self, key: &Key<'_>, rate: Rate) -> Level {
        self.at(key, |full_at, now| (None, bucket::take(full_at, now, rate).1))
    }

    /// Takes over what is known elsewhere of a bucket, if there is less in it.
    pub(super) fn learn(&self, key: &Key<'_>, level: Level) {
        let elsewhere = u64::try_from(level.full_in.as_micros()).unwrap_or(u64::MAX);
        self.at(key, |full_at, now| (Some(full_at.max(now.saturating_add(elsewhere))), ()));
    }

    /// Finds a bucket, and keeps what it has become.
    fn at<T>(&self, key: &Key<'_>, change: impl FnOnce(u64, u64) -> (Option<u64>, T)) -> T {
        let now = u64::try_from(self.clock.now().0).unwrap_or(0).saturating_mul(1_000);
        let hash = self.hash(key);
        let (shard, set) = (hash as usize % self.shards.len(), (hash >> 60) as usize % SETS);
        let Some(shard) = self.shards.get(shard) else { return change(0, now).1 };
        let mut sets = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(set) = sets.get_mut(set) else { return change(0, now).1 };
        let known = set.iter().find(|slot| slot.key == hash).map_or(0, |slot| slot.full_at);
        let (moment, found) = change(known, now);
        if let Some(full_at) = moment {
            let place = set.iter_mut().min_by_key(|slot| if slot.key == hash { 0 } else { slot.full_at.max(1) });
            if let Some(slot) = place {
                *slot = Slot { key: hash, full_at };
            }
        }
        found
    }

    fn hash(&self, key: &Key<'_>) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.seed.hash(&mut hasher);
        key.hash(&mut hasher);
        hasher.finish()
    }
}

impl Buckets for Memory {
    fn take<'a>(&'a self, key: &'a Key<'a>, rate: Rate) -> Taking<'a> {
        Box::pin(async move { Ok(self.take_now(key, rate)) })
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} buckets)", self.shards.len() * SETS * WAYS)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Duration;

    use super::*;
    use crate::clock::{ManualClock, Timestamp};
    use crate::entropy::SeededEntropy;
    use crate::limits::{Class, Subject};

    fn memory(room: usize) -> (Memory, ManualClock) {
        let clock = ManualClock::new(Timestamp(1_700_000_000_000));
        (Memory::new(room, Arc::new(clock.clone()), &SeededEntropy::new(1)).unwrap(), clock)
    }

    fn key(n: u32) -> Key<'static> {
        Key::new(Class::Open, Subject::Address(IpAddr::V4(Ipv4Addr::from_bits(n))))
    }

    #[test]
    fn a_flood_of_addresses_does_not_free_who_is_refused() {
        let (memory, clock) = memory(1_024);
        let rate = Rate::per_minute(100);
        let refused: Vec<u32> = (0..64).collect();
        for n in &refused {
            while memory.take_now(&key(*n), rate).taken {}
        }
        for n in 1_000..1_001_000 {
            assert!(memory.take_now(&key(n), rate).taken, "whoever is new is let in");
        }
        clock.advance(Duration::from_millis(500));
        let still = refused.iter().filter(|n| !memory.look(&key(**n), rate).taken).count();
        assert_eq!(still, refused.len());
    }

    #[test]
    fn everybody_has_a_bucket_of_their_own_which_fills_again() {
        let (memory, clock) = memory(1_024);
        let rate = Rate::per_minute(3);
        let taken = |n| (0..5).filter(|_| memory.take_now(&key(n), rate).taken).count();
        assert_eq!((taken(1), taken(2)), (3, 3));
        clock.advance(Duration::from_secs(20));
        assert_eq!(taken(1), 1);
        clock.advance(Duration::from_secs(3_600));
        assert_eq!(taken(1), 3);
    }

    #[test]
    fn what_is_known_elsewhere_is_believed_only_where_it_is_less() {
        let (memory, _) = memory(128);
        let rate = Rate::per_minute(60);
        memory.learn(
            &key(1),
            Level { taken: true, remaining: 10, wait: Duration::ZERO, full_in: Duration::from_secs(50) },
        );
        assert_eq!(memory.look(&key(1), rate).remaining, 9);
        memory.learn(
            &key(1),
            Level { taken: true, remaining: 50, wait: Duration::ZERO, full_in: Duration::from_secs(10) },
        );
        assert_eq!(memory.look(&key(1), rate).remaining, 9);
    }
}
