//! Names for things that nobody named: UUIDs of version 7 (RFC 9562), which sort by time.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Entropy, STRIDE, Unavailable, mixed};
use crate::clock::Clock;

/// A UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub [u8; 16]);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{dash}{byte:02x}")?;
        }
        Ok(())
    }
}

/// Makes ids. Two nodes differ by their random keys, two ids of one node by a counter, so an id costs no system call.
/// They are unique, not secret: who sees some can guess others.
pub struct Ids {
    clock: Arc<dyn Clock>,
    next: AtomicU64,
    salt: u64,
}

impl Ids {
    /// A source of ids with keys of its own.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn new(clock: Arc<dyn Clock>, entropy: &dyn Entropy) -> Result<Self, Unavailable> {
        let (mut first, mut salt) = ([0; 8], [0; 8]);
        entropy.fill(&mut first)?;
        entropy.fill(&mut salt)?;
        Ok(Self { clock, next: AtomicU64::new(u64::from_le_bytes(first)), salt: u64::from_le_bytes(salt) })
    }

    /// A new id.
    pub fn next(&self) -> Id {
        let millis = self.clock.now().0.max(0).unsigned_abs() & 0xFFFF_FFFF_FFFF;
        let count = mixed(self.next.fetch_add(STRIDE, Ordering::Relaxed));
        // 74 bits are free: all 64 of the count, which makes ids differ, and ten of the node's salt.
        let head = (millis << 16) | 0x7000 | (self.salt & 0x3FF) << 2 | count >> 62;
        let tail = (count & (u64::MAX >> 2)) | 1 << 63;
        Id((u128::from(head) << 64 | u128::from(tail)).to_be_bytes())
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::clock::{ManualClock, Timestamp};
    use crate::entropy::SeededEntropy;

    #[test]
    fn ids_are_uuids_of_version_7_that_begin_with_the_time_and_all_differ() {
        let clock = Arc::new(ManualClock::new(Timestamp(0x0001_0203_0405)));
        let ids = Ids::new(clock, &SeededEntropy::new(1)).unwrap();
        let made: BTreeSet<String> = (0..10_000).map(|_| ids.next().to_string()).collect();
        assert_eq!(made.len(), 10_000);
        for id in &made {
            assert!(id.starts_with("00010203-0405-7"), "{id}");
            assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{id}");
        }
    }

    #[test]
    fn nodes_that_start_in_the_same_moment_make_different_ids() {
        let ids = |seed| {
            let clock = Arc::new(ManualClock::new(Timestamp(1)));
            Ids::new(clock, &SeededEntropy::new(seed)).unwrap().next()
        };
        assert_ne!(ids(1), ids(2));
    }
}
