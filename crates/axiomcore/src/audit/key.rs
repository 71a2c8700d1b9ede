//! The key that checkpoints are signed with: Ed25519, because anybody can check such a signature with the public key.

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::config::Secret;
use crate::entropy::{Entropy, Unavailable};

/// What an auditor pins to know that a checkpoint is the installation's.
pub type PublicKey = [u8; 32];

/// A private key in PKCS#8 (RFC 8410) is these bytes and a seed.
const PKCS8: [u8; 16] = *b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// A key to sign with.
pub(super) struct SigningKey(Ed25519KeyPair);

/// The stored key is none.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the stored key of the audit's checkpoints is no Ed25519 key")]
pub struct NoKey;

/// A new private key in PKCS#8.
pub(super) fn generate(entropy: &dyn Entropy) -> Result<Secret<Vec<u8>>, Unavailable> {
    let mut seed = [0; 32];
    entropy.fill(&mut seed)?;
    Ok(Secret::new([PKCS8.as_slice(), &seed].concat()))
}

impl SigningKey {
    pub(super) fn read(pkcs8: &Secret<Vec<u8>>) -> Result<Self, NoKey> {
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8.expose()).map(Self).map_err(|_| NoKey)
    }

    pub(super) fn public(&self) -> PublicKey {
        // An Ed25519 key has 32 bytes.
        self.0.public_key().as_ref().try_into().unwrap_or_default()
    }

    pub(super) fn sign(&self, text: &[u8]) -> Vec<u8> {
        self.0.sign(text).as_ref().to_vec()
    }
}

/// Whether the signature of a text was made with this key.
pub(super) fn is_signed(text: &[u8], signature: &[u8], key: &PublicKey) -> bool {
    UnparsedPublicKey::new(&ED25519, key).verify(text, signature).is_ok()
}
