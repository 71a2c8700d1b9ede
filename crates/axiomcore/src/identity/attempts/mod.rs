//! Failed sign-ins slow down whoever causes them, and nobody else.
//!
//! Failures are counted under several [`Class`]es at once. Somebody who mistypes waits a little longer each time, but only
//! for this account and from this address; an account that is guessed at from everywhere makes *unknown* devices wait, and
//! an address that guesses at many accounts waits for all of them. A device that the account's holder has signed in with
//! before is known by a text that it was given then: it has a count of its own, which nobody else can spoil, and
//! places for hashing of its own. So a flood of wrong sign-ins keeps strangers waiting and lets the
//! holder in. Passkeys are counted by themselves: nobody guesses one, so no guessing at anything else makes them wait.
//!
//! Counts are in memory or, for all nodes together, in Redis ([`Tally`]): no wrong sign-in writes to the database. Under which
//! names they are there only who has a secret of the installation can tell.

mod address;
mod class;
mod gate;
mod in_redis;
mod memory;
mod secret;

pub use class::{Class, Count, Key, Rule};
pub(super) use gate::{Attempt, Gate, Tried};
pub use in_redis::SharedTally;
pub use memory::MemoryTally;
pub use secret::SEALED;
pub(super) use secret::secret;

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::clock::Timestamp;

/// Somebody has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many failures: come again in {} seconds", .wait.as_secs())]
pub struct Blocked {
    /// Under which of the classes they failed too often.
    pub class: Class,
    /// How long.
    pub wait: Duration,
}

/// Where failures are counted. It fails open, never with an error: a tally that cannot be reached must not keep everybody
/// out, so whoever keeps it elsewhere falls back to memory.
pub trait Tally: fmt::Debug + Send + Sync + 'static {
    /// Whether any of these has to wait.
    fn look<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, Result<(), Blocked>>;

    /// Counts a failure under each.
    fn add<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, ()>;

    /// Both in one, so that nobody comes in between: counts a failure under each unless one of them has to wait.
    fn enter<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, Result<(), Blocked>>;

    /// Takes one failure back.
    fn take_back<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, ()>;

    /// Forgets all failures.
    fn forget<'a>(&'a self, keys: &'a [Key], now: Timestamp) -> BoxFuture<'a, ()>;
}
