//! Counts in Redis, which all nodes share: the same rules, in one script, by the clock of Redis.
//!
//! What Redis says counts while it answers. It is kept in memory besides, so that a node that has lost Redis goes on with
//! what it knew, and can tell a Redis that comes back without its data. That is also why a count that is forgotten stays
//! there as nought: what is not there was lost.

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{Blocked, Count, Key, MemoryTally, Rule, Tally};
use crate::clock::Timestamp;
use crate::redis::{Lost, Redis, Script};

/// Takes the number of the turn and seven numbers for each key: what [`terms`] writes. Answers which key has to wait and
/// for how many milliseconds (0 and 0 if none), then for each key its failures and how long ago the first and the last were.
const TURN: &str = "
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local turn, counts, answer = tonumber(ARGV[1]), {}, { 0, 0 }
for i, key in ipairs(KEYS) do
  local terms = {}
  for j = 1, 7 do terms[j] = tonumber(ARGV[7 * i - 6 + j]) end
  local window, most, longest, memory = terms[1] == 1, terms[2], terms[3], terms[4]
  local found = redis.call('HMGET', key, 'failures', 'since', 'last')
  local count = { failures = tonumber(found[1]), since = tonumber(found[2]), last = tonumber(found[3]) }
  if not count.failures then
    count = { failures = terms[5], since = now - terms[6], last = now - terms[7], changed = terms[5] > 0 }
  end
  if now >= (window and count.since or count.last) + memory then
    count = { failures = 0, since = now, last = now }
  end
  if count.failures >= most then
    local till = count.last + math.min(1000 * 2 ^ (count.failures - most), longest)
    if window then till = count.since + longest end
    if till - now > answer[2] then answer = { i, till - now } end
  end
  count.window, count.memory = window, memory
  counts[i] = count
end
for i, key in ipairs(KEYS) do
  local count = counts[i]
  if turn == 1 or turn == 2 and answer[1] == 0 then
    count.failures, count.last, count.changed = count.failures + 1, now, true
  elseif turn == 3 and count.failures > 0 then
    count.failures, count.changed = count.failures - 1, true
  elseif turn == 4 then
    count.failures, count.since, count.last, count.changed = 0, now, now, true
  end
  if count.changed then
    redis.call('HSET', key, 'failures', count.failures, 'since', count.since, 'last', count.last)
    redis.call('PEXPIREAT', key, (count.window and count.since or count.last) + count.memory)
  end
end
for i, count in ipairs(counts) do
  answer[3 * i], answer[3 * i + 1], answer[3 * i + 2] = count.failures, now - count.since, now - count.last
end
return answer
";

/// What is done with counts.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Look = 0,
    Add = 1,
    Enter = 2,
    TakeBack = 3,
    Forget = 4,
}

/// Counts of all nodes that use the same Redis, and of this one alone while it is lost.
pub struct SharedTally {
    redis: Redis,
    script: Script,
    memory: MemoryTally,
}

impl SharedTally {
    /// In that Redis, and in this memory.
    pub fn new(redis: Redis, memory: MemoryTally) -> Self {
        Self { redis, script: Script::new(TURN), memory }
    }

    /// What all nodes together know.
    async fn ask(&self, turn: Turn, keys: &[Key], now: Timestamp) -> Result<Result<(), Blocked>, Lost> {
        if keys.is_empty() {
            return Ok(Ok(()));
        }
        let names = keys.iter().map(|key| format!("attempt:{:032x}", key.hash)).collect();
        let terms = keys.iter().flat_map(|key| terms(&key.rule, self.memory.count(key), now));
        let arguments = std::iter::once(turn as u64).chain(terms).collect();
        let answer: Vec<u64> = self.redis.run(self.script.on_all(names, arguments)).await?;
        let (Some((&[which, wait], counts)), true) = (answer.split_first_chunk(), answer.len() == 2 + 3 * keys.len())
        else {
            return Err(Lost);
        };
        for (key, count) in keys.iter().zip(counts.chunks_exact(3)) {
            self.memory.learn(key, read(count, now), now);
        }
        let blocked = usize::try_from(which).ok().and_then(|which| keys.get(which.checked_sub(1)?));
        Ok(blocked.map_or(Ok(()), |key| Err(Blocked { class: key.class, wait: Duration::from_millis(wait) })))
    }
}

/// What the script has to know of a count: its rule, and what this node knows of it.
fn terms(rule: &Rule, known: Option<Count>, now: Timestamp) -> [u64; 7] {
    let (window, most, longest) = match rule {
        Rule::BackOff { free, longest } => (0, *free, *longest),
        Rule::Window { most, span } => (1, *most, *span),
    };
    let known = known.unwrap_or(Count { failures: 0, since: now, last: now });
    let [longest, memory, since, last] =
        [longest, rule.memory(), now.since(known.since), now.since(known.last)].map(milliseconds);
    [window, most.into(), longest, memory, known.failures.into(), since, last]
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A count as the script tells it.
fn read(told: &[u64], now: Timestamp) -> Option<Count> {
    let [failures, since, last] = told else { return None };
    let at = |age: &u64| now.minus(Duration::from_millis(*age));
    let failures = u32::try_from(*failures).unwrap_or(u32::MAX);
    (failures > 0).then(|| Count { failures, since: at(since), last: at(last) })
}

impl Tally for SharedTally {
    fn look<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, Result<(), Blocked>> {
        Box::pin(async move {
            match self.ask(Turn::Look, keys, now).await {
                Ok(looked) => looked,
                Err(Lost) => self.memory.look(keys, now).await,
            }
        })
    }

    fn add<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if self.ask(Turn::Add, keys, now).await.is_err() {
                self.memory.add(keys, now).await;
            }
        })
    }

    fn enter<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, Result<(), Blocked>> {
        Box::pin(async move {
            match self.ask(Turn::Enter, keys, now).await {
                Ok(entered) => entered,
                Err(Lost) => self.memory.enter(keys, now).await,
            }
        })
    }

    fn take_back<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if self.ask(Turn::TakeBack, keys, now).await.is_err() {
                self.memory.take_back(keys, now).await;
            }
        })
    }

    fn forget<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if self.ask(Turn::Forget, keys, now).await.is_err() {
                self.memory.forget(keys, now).await;
            }
        })
    }
}

impl fmt::Debug for SharedTally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedTally({:?}, {:?})", self.redis, self.memory)
    }
}
