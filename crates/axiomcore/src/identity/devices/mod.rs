//! Devices that people have signed in with before.
//!
//! Whoever signs in entirely is given a text, as a cookie or in the answer, and shows it the next time. It opens nothing; it
//! tells that this device is not one of those from which the account is being guessed at, so that its holder gets in while
//! those wait ([`attempts`](super::attempts)). It is good for one account, and for half a year after it was last used.

mod manage;
pub(super) mod store;

use crate::clock::Timestamp;

use super::Origin;

/// A device that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its id, among those of its user.
    pub id: String,
    /// When somebody first signed in with it.
    pub created_at: Timestamp,
    /// When somebody last did.
    pub last_used_at: Timestamp,
    /// When it is forgotten, unless somebody signs in with it.
    pub expires_at: Timestamp,
    /// Where they signed in from.
    pub origin: Origin,
}
