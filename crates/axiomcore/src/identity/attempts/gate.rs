//! Who may try, and what came of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::address::block_of;
use super::{Blocked, Class, Key, MemoryTally, Rule, SharedTally, Tally};
use crate::clock::{Clock, Timestamp};
use crate::config::Secret;
use crate::identity::Config;
use crate::identity::users::store::Place;
use crate::redis::Redis;

/// Lets tries in. Clones are the same.
#[derive(Clone)]
pub(in crate::identity) struct Gate(Arc<Inner>);

struct Inner {
    tally: Arc<dyn Tally>,
    clock: Arc<dyn Clock>,
    secret: Secret<Vec<u8>>,
    rules: Rules,
}

#[derive(Clone, Copy, Debug)]
struct Rules {
    back_off: Rule,
    account: Rule,
    address: Rule,
    everybody: Rule,
}

/// Who tries to get in.
#[derive(Clone, Copy, Debug)]
pub(in crate::identity) struct Tried<'t> {
    /// What they sign in with, whether or not there is such an account.
    pub(in crate::identity) account: &'t str,
    /// Where they come from.
    pub(in crate::identity) address: &'t str,
    /// The id of the device, if the account knows it.
    pub(in crate::identity) device: Option<&'t str>,
}

/// A try that was let in; say what came of it.
pub(in crate::identity) struct Attempt {
    gate: Gate,
    keys: Vec<Key>,
    is_counted: bool,
}

impl Gate {
    /// Counts in that Redis if there is one. The secret is the same on all nodes.
    pub(in crate::identity) fn new(
        config: &Config,
        clock: Arc<dyn Clock>,
        secret: Secret<Vec<u8>>,
        redis: Option<Redis>,
    ) -> Self {
        let (longest, span) = (config.longest_wait.duration(), Duration::from_secs(900));
        let rules = Rules {
            back_off: Rule::BackOff { free: config.free_failures, longest },
            account: Rule::Window { most: config.account_failures, span },
            address: Rule::Window { most: config.address_failures, span },
            everybody: Rule::Window { most: EVERYBODY, span: Duration::from_secs(60) },
        };
        let memory = MemoryTally::new(config.failures_remembered);
        let tally: Arc<dyn Tally> = match redis {
            Some(redis) => Arc::new(SharedTally::new(redis, memory)),
            None => Arc::new(memory),
        };
        Self(Arc::new(Inner { tally, clock, secret, rules }))
    }

    /// Lets somebody try a password. It is counted when it has failed: more than can be hashed at once do not come in
    /// between, while several programs with the right password must not be in each other's way.
    pub(in crate::identity) async fn password(&self, tried: Tried<'_>) -> Result<Attempt, Blocked> {
        let keys = self.keys(tried);
        let looked: Vec<Key> = keys.iter().copied().filter(|key| key.class != Class::Everybody).collect();
        self.0.tally.look(&looked, self.now()).await?;
        Ok(Attempt { gate: self.clone(), keys, is_counted: false })
    }

    /// Lets somebody try a second factor. It is counted at once, for any number could come in between.
    pub(in crate::identity) async fn factor(&self, tried: Tried<'_>) -> Result<Attempt, Blocked> {
        let mut keys = self.keys(tried);
        keys.retain(|key| key.class != Class::Everybody);
        if tried.device.is_none() {
            keys.push(self.key(Class::Factor, self.0.rules.back_off, &[tried.account]));
        }
        self.0.tally.enter(&keys, self.now()).await?;
        Ok(Attempt { gate: self.clone(), keys, is_counted: true })
    }

    /// Lets somebody try a passkey, which is what they sign in with. Nobody guesses one, so it is counted apart from passwords
    /// and codes: whoever guesses at those, be it from the same address, does not keep a passkey out.
    pub(in crate::identity) async fn passkey(
        &self,
        Tried { account, address, device }: Tried<'_>,
    ) -> Result<Attempt, Blocked> {
        let from = device.map_or_else(|| block_of(address), str::to_owned);
        let keys = vec![self.key(Class::Passkey, self.0.rules.back_off, &[account, &from])];
        self.0.tally.look(&keys, self.now()).await?;
        Ok(Attempt { gate: self.clone(), keys, is_counted: false })
    }

    /// Lets somebody who is in show once more who they are. `what` they show is counted by itself: a right password is no
    /// reason to forget wrong codes.
    pub(in crate::identity) async fn again(&self, what: &str, place: &Place) -> Result<Attempt, Blocked> {
        let keys =
            vec![self.key(Class::Again, self.0.rules.back_off, &[what, &place.workspace.to_string(), &place.id])];
        self.0.tally.enter(&keys, self.now()).await?;
        Ok(Attempt { gate: self.clone(), keys, is_counted: true })
    }

    /// Whether an address has to wait, whatever it tries: asked before anything is looked up.
    pub(in crate::identity) async fn address(&self, address: &str) -> Result<(), Blocked> {
        let key = self.key(Class::Address, self.0.rules.address, &[&block_of(address)]);
        self.0.tally.look(&[key], self.now()).await
    }

    /// Whether there is so much failure that strangers share one place for hashing.
    pub(in crate::identity) async fn is_crowded(&self) -> bool {
        let key = self.key(Class::Everybody, self.0.rules.everybody, &[]);
        self.0.tally.look(&[key], self.now()).await.is_err()
    }

    /// A known device is counted by itself; anybody else under all that they share with others.
    fn keys(&self, Tried { account, address, device }: Tried<'_>) -> Vec<Key> {
        let Rules { back_off, account: by_account, address: by_address, everybody } = self.0.rules;
        if let Some(device) = device {
            return vec![self.key(Class::Device, back_off, &[account, device])];
        }
        let block = block_of(address);
        vec![
            self.key(Class::Pair, back_off, &[account, &block]),
            self.key(Class::Account, by_account, &[account]),
            self.key(Class::Address, by_address, &[&block]),
            self.key(Class::Everybody, everybody, &[]),
        ]
    }

    fn key(&self, class: Class, rule: Rule, parts: &[&str]) -> Key {
        Key::of(class, rule, self.0.secret.expose(), parts)
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}

/// Failures a minute, of everybody together, from which on it is an attack and no bad morning.
const EVERYBODY: u32 = 300;

impl Attempt {
    /// It was wrong.
    pub(in crate::identity) async fn failed(self) {
        if !self.is_counted {
            self.gate.0.tally.add(&self.keys, self.gate.now()).await;
        }
    }

    /// It was right, and that was all that was asked. What others have done to the account, or who else shares the
    /// address, is not forgotten by it: somebody with an account of their own would free themselves.
    pub(in crate::identity) async fn succeeded(self) {
        let own = |key: &&Key| !matches!(key.class, Class::Account | Class::Address | Class::Everybody);
        let (own, shared): (Vec<&Key>, Vec<&Key>) = self.keys.iter().partition(own);
        let [own, shared] = [own, shared].map(|keys| keys.into_iter().copied().collect::<Vec<Key>>());
        self.gate.0.tally.forget(&own, self.gate.now()).await;
        if self.is_counted {
            self.gate.0.tally.take_back(&shared, self.gate.now()).await;
        }
    }

    /// Nothing was tried after all, or what was right was not yet all.
    pub(in crate::identity) async fn not_made(self) {
        if self.is_counted {
            self.gate.0.tally.take_back(&self.keys, self.gate.now()).await;
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gate({:?})", self.0.tally)
    }
}
