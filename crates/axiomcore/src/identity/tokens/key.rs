//! One key: what it signs with while it may, and what others verify by.

use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::TokenError;
use super::compact::encoded;
use crate::clock::Timestamp;

/// The public exponent of every key.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// A key with its times.
pub(in crate::identity) struct Key {
    /// Its thumbprint (RFC 7638).
    pub(super) id: String,
    pub(super) modulus: Vec<u8>,
    pub(super) times: Times,
    /// Not there when it does not sign any more.
    pub(super) pair: Option<std::sync::Arc<KeyPair>>,
}

/// When a key does what. It is published from its making on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) created_at: Timestamp,
    /// From when on it signs.
    pub(super) active_from: Timestamp,
    /// From when on another one signs.
    pub(super) retired_at: Option<Timestamp>,
    /// From when on nothing that it has signed is good any more.
    pub(super) expires_at: Option<Timestamp>,
}

/// A public key, as others read it (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct Jwk {
    #[schema(pattern = "^RSA$")]
    kty: &'static str,
    #[schema(pattern = "^sig$")]
    #[serde(rename = "use")]
    usage: &'static str,
    #[schema(pattern = "^RS256$")]
    alg: &'static str,
    /// Its name in the header of tokens.
    kid: String,
    /// The modulus, in base64url.
    n: String,
    /// The exponent, in base64url.
    e: String,
}

/// Reads a private key.
pub(super) fn pair(pkcs8: &[u8]) -> Result<KeyPair, TokenError> {
    KeyPair::from_pkcs8(pkcs8).map_err(|error| TokenError::Unmade(error.to_string()))
}

/// What is public of a key.
pub(super) fn modulus(pair: &KeyPair) -> Vec<u8> {
    PublicKeyComponents::<Vec<u8>>::from(pair.public()).n
}

/// The name of a key: the hash of what is public of it, so that a name stands for one key for ever.
pub(super) fn thumbprint(modulus: &[u8]) -> String {
    let members = format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, encoded(&EXPONENT), encoded(modulus));
    encoded(&Sha256::digest(members))
}

impl Key {
    /// Whether it signs at this moment.
    pub(super) fn signs(&self, now: Timestamp) -> bool {
        self.pair.is_some() && self.times.active_from <= now && self.times.retired_at.is_none_or(|at| now < at)
    }

    /// Whether what it signed may be good at this moment.
    pub(super) fn verifies(&self, now: Timestamp) -> bool {
        self.times.expires_at.is_none_or(|at| now < at)
    }

    /// The signature of a text. The randomness is the operating system's, as ring insists; it hides the private key from
    /// whoever measures the time, and is not to be found in the signature.
    pub(super) fn sign(&self, text: &str) -> Option<Vec<u8>> {
        let pair = self.pair.as_ref()?;
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).ok()?;
        Some(signature)
    }

    /// Whether this key made the signature of the text.
    pub(super) fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        let public = PublicKeyComponents { n: self.modulus.as_slice(), e: EXPONENT.as_slice() };
        public.verify(&RSA_PKCS1_2048_8192_SHA256, text.as_bytes(), signature).is_ok()
    }

    pub(super) fn jwk(&self) -> Jwk {
        let (n, e) = (encoded(&self.modulus), encoded(&EXPONENT));
        Jwk { kty: "RSA", usage: "sig", alg: "RS256", kid: self.id.clone(), n, e }
    }
}
