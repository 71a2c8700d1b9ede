//! Passkeys (WebAuthn): a key pair on somebody's device, of which we have the public half.
//!
//! The device signs a [challenge](challenge) of ours together with the address of the page that asked, and a browser lets no
//! page ask in another's name: what is signed for a page that only looks like ours is worth nothing here. After a password a
//! passkey is a second factor. One with which the device has also verified who holds it (by finger, face or PIN) is two
//! factors in one, and signs in by itself.
//!
//! No attestation is asked for: which make a device is of decides nothing, and nobody should have to tell. What is left to
//! verify is what the [browser](client) says, what the [device](authenticator) says, and [one signature](key) over both. It
//! is read [strictly](cbor), because two readers who understand the same bytes differently are how signatures get forged.

mod authenticator;
mod cbor;
mod challenge;
mod client;
mod flaw;
mod key;
mod manage;
mod options;
mod party;
mod register;
mod show;
pub(super) mod store;

pub(super) use challenge::{Challenger, Purpose};
pub use flaw::Flaw;
pub use options::{CreationOptions, Descriptor, RequestOptions};
pub(super) use party::{Party, domain_of, is_domain};

use std::fmt;

use crate::clock::Timestamp;
use crate::config::Secret;
use crate::entropy::Unavailable;

use super::{FactorError, Lapsed, PasswordError};

/// How many somebody may have.
pub const MOST: usize = 20;

/// A passkey that is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Its id, among those of its user.
    pub id: String,
    /// What its user calls it.
    pub name: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When somebody last signed in or showed themselves with it.
    pub last_used_at: Option<Timestamp>,
    /// Whether it is on other devices of its user as well, as far as the device said when it was last used.
    pub is_synced: bool,
}

/// A passkey that has just been registered.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// It.
    pub passkey: Passkey,
    /// What lets its user in who loses it, if this is their first factor. They are told only now.
    pub recovery_codes: Vec<Secret<String>>,
}

/// What a device answers who is to make a passkey.
#[derive(Clone)]
pub struct Attestation {
    /// What the browser says of it (`clientDataJSON`).
    pub client_data: Vec<u8>,
    /// What the device says (`attestationObject`).
    pub object: Vec<u8>,
    /// How browsers reach the device.
    pub transports: Vec<String>,
}

/// What a device answers who is to show a passkey.
#[derive(Clone)]
pub struct Assertion {
    /// Which one.
    pub credential: Vec<u8>,
    /// What the browser says of it (`clientDataJSON`).
    pub client_data: Vec<u8>,
    /// What the device says (`authenticatorData`).
    pub authenticator_data: Vec<u8>,
    /// The signature over both.
    pub signature: Vec<u8>,
    /// Whose the device says that it is.
    pub user_handle: Option<Vec<u8>>,
}

impl fmt::Debug for Attestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attestation")
    }
}

impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Assertion")
    }
}

/// Why something was not done with a passkey.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The service does not know under which address people reach it.
    #[error("passkeys belong to an address, and the service does not know its own")]
    Off,
    /// What the browser or the device says is not accepted.
    #[error(transparent)]
    Invalid(#[from] Flaw),
    /// It is somebody's already.
    #[error("this passkey is registered already")]
    Exists,
    /// There is no such passkey of theirs.
    #[error("there is no such passkey")]
    NotFound,
    /// There are as many as there may be.
    #[error("there are {MOST} passkeys already")]
    TooMany,
    /// It cannot be called so.
    #[error("this is no name")]
    Name,
    /// Somebody did not show who they are.
    #[error(transparent)]
    Factor(#[from] FactorError),
    /// There is no randomness to make a challenge from.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// Who asked cannot do it any more.
    #[error(transparent)]
    Lapsed(#[from] Lapsed),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

impl From<PasswordError> for PasskeyError {
    fn from(error: PasswordError) -> Self {
        Self::Factor(error.into())
    }
}
