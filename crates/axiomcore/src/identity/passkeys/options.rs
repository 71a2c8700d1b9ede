//! What a browser is told when it is to have a passkey made or shown.

use std::time::Duration;

use super::key::ALGORITHMS;
use super::{Passkey, Purpose};
use crate::clock::Timestamp;
use crate::entropy::Unavailable;
use crate::identity::Identity;

/// What a browser needs to have a passkey made.
#[derive(Clone, Debug)]
pub struct CreationOptions {
    /// What the device is to sign for.
    pub challenge: Vec<u8>,
    /// The domain that the passkey will belong to.
    pub domain: String,
    /// What people call the service.
    pub service: &'static str,
    /// What the device is to know its user by.
    pub user_handle: Vec<u8>,
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Those that they have: a device with one of these need not make another.
    pub existing: Vec<Descriptor>,
    /// How long the browser may take.
    pub lasting: Duration,
    /// Until when it can be ended.
    pub expires_at: Timestamp,
}

impl CreationOptions {
    /// The algorithms that a key may be for, the preferred first, by their numbers in COSE.
    pub const fn algorithms() -> [i64; 3] {
        ALGORITHMS
    }
}

/// What a browser needs to have a passkey shown.
#[derive(Clone, Debug)]
pub struct RequestOptions {
    /// What the device is to sign for.
    pub challenge: Vec<u8>,
    /// The domain that the passkey belongs to.
    pub domain: String,
    /// Those that will do; nothing if any will that the device has for this domain.
    pub allowed: Vec<Descriptor>,
    /// Whether the device has to verify who it is.
    pub must_verify: bool,
    /// How long the browser may take.
    pub lasting: Duration,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

/// A passkey, as a browser finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// Its id among all there are.
    pub credential: Vec<u8>,
    /// How the device is reached.
    pub transports: Vec<String>,
}

/// A passkey with how it is found.
pub(super) type Found = (Passkey, Descriptor);

/// How passkeys are found, without what they are called.
pub(super) fn descriptors(found: Vec<Found>) -> Vec<Descriptor> {
    found.into_iter().map(|(_, descriptor)| descriptor).collect()
}

impl Identity {
    /// What a browser needs to have one of these shown, or any; nothing if the service does not know its own address.
    pub(in crate::identity) fn request_options(
        &self,
        purpose: &Purpose,
        allowed: Vec<Descriptor>,
        now: Timestamp,
    ) -> Result<Option<RequestOptions>, Unavailable> {
        let Some(party) = self.0.party.get() else { return Ok(None) };
        let challenge = self.0.challenger.make(purpose, now, self.0.parts.entropy.as_ref())?;
        let (lasting, must_verify) = (self.0.challenger.lasting(), allowed.is_empty());
        let (domain, expires_at) = (party.id.clone(), now.plus(lasting));
        Ok(Some(RequestOptions { challenge, domain, allowed, must_verify, lasting, expires_at }))
    }
}
