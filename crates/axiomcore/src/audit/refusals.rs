//! What was refused, counted: who knocks a thousand times leaves one entry and not a thousand.
//!
//! Refusals are counted in memory by who was refused what, and written as one entry for each of these about once a minute,
//! so that no refusal costs a write. Who asks without a credential is known by a block of addresses. The number of entries
//! is bounded, however many addresses somebody has; what is beyond it is summed. A crash loses the minute that was counted.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;

use super::Entry;
use crate::clock::Timestamp;
use crate::store::{Connection, Result};

/// The action of entries about refusals.
const REFUSE: &str = "access.refuse";

/// Who and what is told apart in an interval; what is beyond that is summed.
const MOST: usize = 250;

/// Where refusals of nobody in particular are written: the first workspace, whose administrators run the service.
const NOBODYS: i64 = 1;

/// Why somebody was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// There was no good credential.
    Unauthenticated,
    /// The credential does not allow it.
    Forbidden,
    /// There were too many requests.
    Limited,
    /// A sign-in was wrong.
    SignIn,
    /// A second factor was wrong.
    SecondFactor,
}

/// Who was refused what, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    workspace: i64,
    who: String,
    why: Refusal,
    what: String,
}

/// Counts refusals. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Refusals(Arc<Mutex<BTreeMap<Key, u64>>>);

impl Refusals {
    /// Counts that a principal was refused something, such as a route.
    pub fn of_principal(&self, workspace: i64, principal: &str, why: Refusal, what: &str) {
        self.count(Key { workspace, who: principal.to_owned(), why, what: what.to_owned() }, 1);
    }

    /// Counts that somebody at this address was refused something.
    pub fn of_address(&self, address: Option<IpAddr>, why: Refusal, what: &str) {
        let who = address.map_or_else(|| "somebody".to_owned(), block);
        self.count(Key { workspace: NOBODYS, who, why, what: what.to_owned() }, 1);
    }

    fn count(&self, key: Key, n: u64) {
        let mut counted = self.lock();
        let has_place = counted.len() < MOST || counted.contains_key(&key);
        let key = if has_place { key } else { others(key.why) };
        let count = counted.entry(key).or_default();
        *count = count.saturating_add(n);
    }

    /// Writes what was counted, as one transaction, and begins anew. If `write` fails, nothing is forgotten.
    pub(super) fn flush<E>(
        &self,
        (from, until): (Timestamp, Timestamp),
        write: impl FnOnce(&mut dyn FnMut(&mut dyn Connection) -> Result<()>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let counted = std::mem::take(&mut *self.lock());
        if counted.is_empty() {
            return Ok(());
        }
        let mut all = |connection: &mut dyn Connection| {
            counted.iter().try_for_each(|(Key { workspace, who, why, what }, count)| {
                let entry = Entry { workspace: *workspace, at: until, principal: who, action: REFUSE };
                let (from, until) = (from.to_string(), until.to_string());
                let detail = json!({ "why": why.name(), "count": count, "from": from, "until": until });
                entry.write(connection, what, &detail)
            })
        };
        let written = write(&mut all);
        if written.is_err() {
            counted.into_iter().for_each(|(key, n)| self.count(key, n));
        }
        written
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is beyond the bound.
fn others(why: Refusal) -> Key {
    Key { workspace: NOBODYS, who: "others".to_owned(), why, what: "anything".to_owned() }
}

impl Refusal {
    const fn name(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::Limited => "limited",
            Self::SignIn => "sign_in",
            Self::SecondFactor => "second_factor",
        }
    }
}

/// The block that an address belongs to: who has one address of it can mostly have others.
fn block(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(refusals: &Refusals) -> Vec<(String, u64)> {
        refusals.lock().iter().map(|(key, n)| (key.who.clone(), *n)).collect()
    }

    #[test]
    fn addresses_count_by_their_block_and_those_beyond_the_bound_together() {
        let refusals = Refusals::default();
        for address in ["192.0.2.1", "192.0.2.77", "::ffff:192.0.2.3", "2001:db8:1:2::3", "2001:db8:1:ffff::"] {
            refusals.of_address(address.parse().ok(), Refusal::Unauthenticated, "GET /x");
        }
        assert_eq!(counts(&refusals), [("192.0.2.0/24".to_owned(), 3), ("2001:db8:1::/48".to_owned(), 2)]);
        for n in 0..100_000_u32 {
            refusals.of_address(Some(Ipv4Addr::from(n << 8).into()), Refusal::Limited, "GET /x");
        }
        let counted = counts(&refusals);
        assert!(counted.len() <= MOST + 1, "{}", counted.len());
        assert_eq!(counted.iter().map(|(_, n)| n).sum::<u64>(), 100_005, "none is forgotten");
    }

    #[test]
    fn what_could_not_be_written_is_counted_on() {
        let refusals = Refusals::default();
        let moments = (Timestamp(1), Timestamp(2));
        refusals.of_principal(1, "ann", Refusal::Forbidden, "GET /x");
        assert_eq!(refusals.flush(moments, |_| Err("full")), Err("full"));
        refusals.of_principal(1, "ann", Refusal::Forbidden, "GET /x");
        assert_eq!(counts(&refusals), [("ann".to_owned(), 2)]);
        assert_eq!(refusals.flush(moments, |_| Ok::<(), ()>(())), Ok(()));
        assert_eq!(counts(&refusals), []);
    }
}
