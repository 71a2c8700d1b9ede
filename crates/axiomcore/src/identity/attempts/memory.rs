//! Counts in memory, at most so many.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::{BoxFuture, ready};

use super::{Blocked, Count, Key, Rule, Tally};
use crate::clock::Timestamp;

/// How many are looked at for the one that goes when there are too many.
const SAMPLE: usize = 16;

/// Counts of this process alone.
pub struct MemoryTally {
    counts: Mutex<BTreeMap<u128, (Rule, Count)>>,
    most: usize,
}

impl MemoryTally {
    /// With room for `most` counts: some hundred bytes each.
    pub const fn new(most: usize) -> Self {
        Self { counts: Mutex::new(BTreeMap::new()), most }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u128, (Rule, Count)>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a key.
    pub(super) fn count(&self, key: &Key) -> Option<Count> {
        self.lock().get(&key.hash).map(|(_, count)| *count)
    }

    /// Takes over what is known elsewhere.
    pub(super) fn learn(&self, key: &Key, count: Option<Count>, now: Timestamp) {
        let mut counts = self.lock();
        let Some(count) = count else {
            counts.remove(&key.hash);
            return;
        };
        if !counts.contains_key(&key.hash) && counts.len() >= self.most.max(1) {
            make_room(&mut counts, key.hash, now);
        }
        counts.insert(key.hash, (key.rule, count));
    }

    fn add_to(&self, counts: &mut BTreeMap<u128, (Rule, Count)>, keys: &[Key], now: Timestamp) {
        for key in keys {
            let before = counts.get(&key.hash).map(|(_, count)| *count);
            if before.is_none() && counts.len() >= self.most.max(1) {
                make_room(counts, key.hash, now);
            }
            counts.insert(key.hash, (key.rule, Count::with_one(before, &key.rule, now)));
        }
    }
}

/// Throws one out: what is over, or else the smallest count of some that chance has put beside the new one. Who floods us
/// with names that fail once each throws out such names, not the counts of those who have to wait.
fn make_room(counts: &mut BTreeMap<u128, (Rule, Count)>, beside: u128, now: Timestamp) {
    let following = counts.range(beside..).chain(counts.range(..beside)).take(SAMPLE);
    let weight = |(_, (rule, count)): &(&u128, &(Rule, Count))| {
        if count.is_over(rule, now) { (0, i64::MIN) } else { (count.failures, count.last.0) }
    };
    if let Some(least) = following.min_by_key(weight).map(|(hash, _)| *hash) {
        counts.remove(&least);
    }
}

fn look_in(counts: &BTreeMap<u128, (Rule, Count)>, keys: &[Key], now: Timestamp) -> Result<(), Blocked> {
    let waits = keys.iter().filter_map(|key| {
        let (_, count) = counts.get(&key.hash)?;
        count.wait(&key.rule, now).map(|wait| Blocked { class: key.class, wait })
    });
    waits.max_by_key(|blocked| blocked.wait).map_or(Ok(()), Err)
}

impl Tally for MemoryTally {
    fn look<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, Result<(), Blocked>> {
        Box::pin(ready(look_in(&self.lock(), keys, now)))
    }

    fn add<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, ()> {
        self.add_to(&mut self.lock(), keys, now);
        Box::pin(ready(()))
    }

    fn enter<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, Result<(), Blocked>> {
        let mut counts = self.lock();
        let looked = look_in(&counts, keys, now);
        if looked.is_ok() {
            self.add_to(&mut counts, keys, now);
        }
        Box::pin(ready(looked))
    }

    fn take_back<'a>(&'a self, keys: &'a [Key], _: Timestamp) -> BoxFuture<'a, ()> {
        let mut counts = self.lock();
        for key in keys {
            if let Some((_, count)) = counts.get_mut(&key.hash) {
                count.failures = count.failures.saturating_sub(1);
            }
        }
        Box::pin(ready(()))
    }

    fn forget<'a>(&'a self, keys: &'a [Key], _: Timestamp) -> BoxFuture<'a, ()> {
        let mut counts = self.lock();
        keys.iter().for_each(|key| _ = counts.remove(&key.hash));
        Box::pin(ready(()))
    }
}

impl fmt::Debug for MemoryTally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryTally({} of {})", self.lock().len(), self.most)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Class;
    use super::*;

    const RULE: Rule = Rule::BackOff { free: 5, longest: Duration::from_secs(900) };
    const NOW: Timestamp = Timestamp(0);

    fn key(name: &str) -> Key {
        Key::of(Class::Pair, RULE, b"secret", &[name])
    }

    fn fail(tally: &MemoryTally, name: &str, times: usize) {
        (0..times).for_each(|_| tally.add_to(&mut tally.lock(), &[key(name)], NOW));
    }

    fn has_to_wait(tally: &MemoryTally, name: &str) -> bool {
        look_in(&tally.lock(), &[key(name)], NOW).is_err()
    }

    #[test]
    fn a_flood_of_names_does_not_free_those_who_have_to_wait() {
        let tally = MemoryTally::new(1_000);
        let waiting: Vec<String> = (0..50).map(|i| format!("waiting {i}")).collect();
        waiting.iter().for_each(|name| fail(&tally, name, 6));
        (0..100_000).for_each(|i| fail(&tally, &format!("flood {i}"), 1));
        assert_eq!(tally.lock().len(), 1_000, "it stays within its bound");
        let still = waiting.iter().filter(|name| has_to_wait(&tally, name)).count();
        assert_eq!(still, waiting.len());
    }

    #[test]
    fn who_enters_is_counted_before_the_next_one_looks() {
        let tally = MemoryTally::new(10);
        let enter = || futures_util::FutureExt::now_or_never(tally.enter(&[key("a")], NOW)).unwrap();
        let entered = (0..20).filter(|_| enter().is_ok()).count();
        assert_eq!(entered, 5);
    }

    #[test]
    fn a_failure_is_taken_back_and_all_are_forgotten() {
        let tally = MemoryTally::new(10);
        fail(&tally, "a", 5);
        assert!(has_to_wait(&tally, "a") && !has_to_wait(&tally, "b"));
        drop(tally.take_back(&[key("a")], NOW));
        assert!(!has_to_wait(&tally, "a"));
        fail(&tally, "a", 9);
        drop(tally.forget(&[key("a")], NOW));
        assert!(!has_to_wait(&tally, "a"));
    }
}
