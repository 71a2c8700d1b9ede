//! The service that knows who has asked how often.

use std::fmt;
use std::sync::Arc;

use super::{Buckets as _, Class, Config, InRedis, Key, Level, Memory, Quota, Rate, Subject};
use crate::clock::Clock;
use crate::entropy::{Entropy, Unavailable};
use crate::redis::Redis;
use crate::telemetry::{Counter, Declaration, Metrics};

const REQUESTS: Declaration = Declaration::counter(
    "rate_limit_requests_total",
    &["class", "outcome"],
    "Requests that were counted against a limit, let in or refused",
);

/// Knows who has asked how often. Clones are the same.
#[derive(Clone)]
pub struct Limits(Arc<Inner>);

/// What the service is made of.
pub struct LimitsParts<'a> {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where the secret of the table comes from.
    pub entropy: &'a dyn Entropy,
    /// Where requests are counted.
    pub metrics: &'a Metrics,
    /// Where limits are shared with other nodes, if they are.
    pub redis: Option<Redis>,
}

impl fmt::Debug for LimitsParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LimitsParts")
    }
}

struct Inner {
    classes: [Known; Class::ALL.len()],
    memory: Memory,
    shared: Option<InRedis>,
}

/// What is known about a class.
struct Known {
    rate: Option<Rate>,
    admitted: Counter,
    refused: Counter,
}

impl Limits {
    /// With nobody counted yet.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn new(config: &Config, parts: LimitsParts<'_>) -> Result<Self, Unavailable> {
        let requests = parts.metrics.counters(REQUESTS);
        let known = |class: Class| Known {
            rate: config.rate(class),
            admitted: requests.with(&[class.name(), "admitted"]),
            refused: requests.with(&[class.name(), "refused"]),
        };
        let memory = Memory::new(config.buckets, parts.clock, parts.entropy)?;
        Ok(Self(Arc::new(Inner { classes: Class::ALL.map(known), memory, shared: parts.redis.map(InRedis::new) })))
    }

    /// Takes one request out of somebody's bucket; `None` where there is no limit.
    pub async fn take(&self, class: Class, subject: Subject<'_>) -> Option<Quota> {
        let (known, rate) = self.known(class)?;
        let key = Key::new(class, subject);
        let mut level = self.0.memory.take_now(&key, rate);
        // Who is refused here alone would be refused by all together.
        if level.taken
            && let Some(shared) = &self.0.shared
        {
            level = self.shared(shared, &key, rate).await.unwrap_or(level);
        }
        if level.taken {
            known.admitted.inc()
        } else {
            known.refused.inc()
        };
        Some(Quota { class, rate, level })
    }

    /// What all nodes together know. When Redis is lost, each counts for itself.
    async fn shared(&self, shared: &InRedis, key: &Key<'_>, rate: Rate) -> Option<Level> {
        let level = shared.take(key, rate).await.ok()?;
        self.0.memory.learn(key, level);
        Some(level)
    }

    /// What somebody would find, as far as it is known here; nothing is taken.
    pub fn look(&self, class: Class, subject: Subject<'_>) -> Option<Quota> {
        let (_, rate) = self.known(class)?;
        Some(Quota { class, rate, level: self.0.memory.look(&Key::new(class, subject), rate) })
    }

    fn known(&self, class: Class) -> Option<(&Known, Rate)> {
        let known = self.0.classes.get(class.index())?;
        Some((known, known.rate?))
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Limits({:?})", self.0.memory)
    }
}
