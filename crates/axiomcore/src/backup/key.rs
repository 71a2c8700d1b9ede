//! The backup key: what backups are sealed under and signed with. It is never in a backup.

use std::fmt;

use ring::aead::{CHACHA20_POLY1305, LessSafeKey, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::config::Secret;
use crate::hex;

/// A key's length in bytes.
const BYTES: usize = 32;

/// The key of an installation's backups.
pub struct Key {
    secret: Secret<[u8; BYTES]>,
    signer: Ed25519KeyPair,
    name: String,
}

/// A text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a backup key is 64 hexadecimal digits, such as from `openssl rand -hex 32`")]
pub struct NoKey;

/// A length for the derivation.
struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        BYTES
    }
}

/// A key for one use, from the secret.
fn derived(secret: &[u8; BYTES], salt: &[u8], purpose: &[u8]) -> Result<[u8; BYTES], NoKey> {
    let mut key = [0; BYTES];
    let extracted = Salt::new(HKDF_SHA256, salt).extract(secret);
    // Only absurd lengths are refused.
    extracted.expand(&[purpose], Length).and_then(|made| made.fill(&mut key)).map_err(|_| NoKey)?;
    Ok(key)
}

impl Key {
    /// From its hexadecimal digits.
    ///
    /// # Errors
    /// If they are not those of a key.
    pub fn parse(text: &str) -> Result<Self, NoKey> {
        let bytes = hex::decode(&text.trim().to_ascii_lowercase()).ok_or(NoKey)?;
        let secret: [u8; BYTES] = bytes.try_into().map_err(|_| NoKey)?;
        let seed = derived(&secret, b"", b"signatures of backups")?;
        let signer = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| NoKey)?;
        let name = hex::encode(signer.public_key().as_ref());
        Ok(Self { secret: Secret::new(secret), signer, name })
    }

    /// What signatures are checked with; it names the key, and may be known to everybody.
    pub fn public(&self) -> &str {
        &self.name
    }

    pub(super) fn sign(&self, text: &[u8]) -> String {
        hex::encode(self.signer.sign(text).as_ref())
    }

    pub(super) fn is_signed(&self, text: &[u8], signature: &str) -> bool {
        let public = UnparsedPublicKey::new(&ED25519, self.signer.public_key().as_ref());
        hex::decode(signature).is_some_and(|signature| public.verify(text, &signature).is_ok())
    }

    /// The cipher of one backup, known by its salt. It is never used for another, so that numbers do for nonces.
    pub(super) fn cipher(&self, salt: &[u8]) -> Result<LessSafeKey, NoKey> {
        let key = derived(self.secret.expose(), salt, b"pieces of a backup")?;
        UnboundKey::new(&CHACHA20_POLY1305, &key).map(LessSafeKey::new).map_err(|_| NoKey)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}
