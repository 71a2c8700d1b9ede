//! Under what failures are counted, and how long one has to wait after how many.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::clock::Timestamp;

/// Under what a failure is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// One account from one block of addresses.
    Pair,
    /// One account from anywhere.
    Account,
    /// One block of addresses, over all accounts.
    Address,
    /// A device that is known for an account.
    Device,
    /// The second factor of an account, from devices that are not known.
    Factor,
    /// A passkey, from one block of addresses or a device that is known.
    Passkey,
    /// Somebody who is in, and is asked once more who they are.
    Again,
    /// Everybody together. It makes nobody wait, but strangers share one place for hashing while there is so much of it.
    Everybody,
}

impl Class {
    /// As metrics name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Account => "account",
            Self::Address => "address",
            Self::Device => "device",
            Self::Factor => "factor",
            Self::Passkey => "passkey",
            Self::Again => "again",
            Self::Everybody => "everybody",
        }
    }
}

/// When somebody has to wait, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// After so many failures one second, and twice as long after each further one.
    BackOff {
        /// How many failures are free.
        free: u32,
        /// The longest wait.
        longest: Duration,
    },
    /// So many in a span of time; then until it is over.
    Window {
        /// How many failures are free.
        most: u32,
        /// How long the span is.
        span: Duration,
    },
}

/// What failures back off from begins with this.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Who has not failed for so long begins anew.
const MEMORY: Duration = Duration::from_secs(3600);

impl Rule {
    /// How long a count is of any account after its last failure.
    pub const fn memory(&self) -> Duration {
        match self {
            Self::BackOff { .. } => MEMORY,
            Self::Window { span, .. } => *span,
        }
    }
}

/// Failures of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub failures: u32,
    /// When the first was.
    pub since: Timestamp,
    /// When the last was.
    pub last: Timestamp,
}

impl Count {
    /// Whether it is of no account any more.
    pub fn is_over(&self, rule: &Rule, now: Timestamp) -> bool {
        let from = match rule {
            Rule::BackOff { .. } => self.last,
            Rule::Window { .. } => self.since,
        };
        now >= from.plus(rule.memory())
    }

    /// How long somebody with this count has to wait.
    pub fn wait(&self, rule: &Rule, now: Timestamp) -> Option<Duration> {
        let until = match rule {
            _ if self.is_over(rule, now) => return None,
            Rule::BackOff { free, longest } => {
                let beyond = self.failures.checked_sub(*free)?;
                let wait = FIRST_WAIT.saturating_mul(1_u32.checked_shl(beyond).unwrap_or(u32::MAX));
                self.last.plus(wait.min(*longest))
            }
            Rule::Window { most, span } => {
                self.failures.checked_sub(*most)?;
                self.since.plus(*span)
            }
        };
        let wait = until.since(now);
        (!wait.is_zero()).then_some(wait)
    }

    /// With one failure more.
    #[must_use]
    pub fn with_one(count: Option<Self>, rule: &Rule, now: Timestamp) -> Self {
        match count.filter(|count| !count.is_over(rule, now)) {
            Some(count) => Self { failures: count.failures.saturating_add(1), last: now, ..count },
            None => Self { failures: 1, since: now, last: now },
        }
    }
}

/// One count's name, with the rule that it is under. What stands for it is a hash, so that neither addresses nor accounts
/// lie about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Under what it is counted.
    pub class: Class,
    /// The rule.
    pub rule: Rule,
    /// The hash of whose count it is.
    pub hash: u128,
}

impl Key {
    /// Of these parts; `secret` keeps others from choosing names whose hashes lie side by side.
    pub(super) fn of(class: Class, rule: Rule, secret: &[u8], parts: &[&str]) -> Self {
        let mut digest = Sha256::new_with_prefix(secret);
        for part in [class.name()].iter().chain(parts) {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        let bytes: [u8; 32] = digest.finalize().into();
        let hash = bytes.first_chunk().map_or(0, |first| u128::from_le_bytes(*first));
        Self { class, rule, hash }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTES: Duration = Duration::from_secs(900);

    fn failing(rule: Rule, n: usize) -> Count {
        (0..n).fold(None, |count, _| Some(Count::with_one(count, &rule, Timestamp(0)))).unwrap()
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let rule = Rule::BackOff { free: 5, longest: MINUTES };
        let wait = |n| failing(rule, n).wait(&rule, Timestamp(0)).map_or(0, |wait| wait.as_secs());
        let waits: Vec<u64> = [4, 5, 6, 7, 14, 15, 40].map(wait).into();
        assert_eq!(waits, [0, 1, 2, 4, 512, 900, 900]);
        assert_eq!(failing(rule, 5).wait(&rule, Timestamp(1_000)), None, "one second later they may");
        assert_eq!(Count::with_one(Some(failing(rule, 9)), &rule, Timestamp(3_600_000)).failures, 1, "an hour later");
    }

    #[test]
    fn a_window_ends_however_many_there_were() {
        let rule = Rule::Window { most: 20, span: MINUTES };
        assert_eq!(failing(rule, 19).wait(&rule, Timestamp(1)), None);
        let count = Count::with_one(Some(failing(rule, 500)), &rule, Timestamp(899_000));
        assert_eq!(count.wait(&rule, Timestamp(899_000)), Some(Duration::from_secs(1)));
        assert_eq!(count.wait(&rule, Timestamp(900_000)), None);
    }
}
