//! Buckets in Redis, which all nodes share: the same arithmetic, in one script, by the clock of Redis.

use std::time::Duration;

use super::{Buckets, Key, Level, Rate, Taking};
use crate::redis::{Lost, Redis, Script};

/// One key per bucket, which is gone as soon as the bucket is full.
const TAKE: &str = "
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval, depth = tonumber(ARGV[1]), tonumber(ARGV[1]) * tonumber(ARGV[2])
local moment = tonumber(redis.call('GET', KEYS[1]) or now)
moment = math.min(math.max(moment, now), now + depth)
local taken = 0
if moment + interval <= now + depth then
  taken, moment = 1, moment + interval
  redis.call('SET', KEYS[1], string.format('%.0f', moment), 'PX', math.ceil((moment - now) / 1000))
end
return { taken, moment - now }
";

/// The buckets of all nodes that use the same Redis.
#[derive(Clone, Debug)]
pub struct InRedis {
    redis: Redis,
    script: Script,
}

impl InRedis {
    /// In that Redis.
    pub fn new(redis: Redis) -> Self {
        Self { redis, script: Script::new(TAKE) }
    }

    async fn ask(&self, key: &Key<'_>, rate: Rate) -> Result<Level, Lost> {
        let (interval, count) = (rate.interval(), rate.count());
        let call = self.script.on(&format!("limit:{key}"), &[interval, count.into()]);
        let (taken, full_in): (bool, u64) = self.redis.run(call).await?;
        Ok(level(taken, full_in, interval, count))
    }
}

fn level(taken: bool, full_in: u64, interval: u64, count: u32) -> Level {
    let depth = interval * u64::from(count);
    // No bucket is fuller than full; whoever answers for Redis may say so all the same.
    let full_in = full_in.min(depth);
    Level {
        taken,
        remaining: u32::try_from(depth.saturating_sub(full_in) / interval).unwrap_or(u32::MAX),
        wait: Duration::from_micros((full_in + interval).saturating_sub(depth)),
        full_in: Duration::from_micros(full_in),
    }
}

impl Buckets for InRedis {
    fn take<'a>(&'a self, key: &'a Key<'a>, rate: Rate) -> Taking<'a> {
        Box::pin(self.ask(key, rate))
    }
}
