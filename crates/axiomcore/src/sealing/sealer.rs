//! Sealing and opening: ChaCha20-Poly1305, with what the secret is for bound to it.

use std::sync::Arc;

use ring::aead::{Aad, Nonce};

use super::key::{Key, Keys, Name};
use crate::config::Secret;
use crate::entropy::{Entropy, Unavailable};

/// First byte of what is sealed.
const FORMAT: u8 = 1;

const NONCE: usize = 12;

/// Why something was not sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key that it was sealed under is not among those given.
    #[error("it was sealed under another key; give that one as one of sealing.previous_keys")]
    OtherKey,
    /// It is damaged, was sealed for something else, or was never sealed.
    #[error("it is damaged, or was sealed for another purpose")]
    Damaged,
    /// There is no randomness.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
}

/// Seals under the first of its keys and opens under any of them. Clones are the same.
#[derive(Clone)]
pub struct Sealer(Arc<Inner>);

struct Inner {
    keys: Keys,
    entropy: Arc<dyn Entropy>,
}

impl Sealer {
    /// With these keys.
    pub fn new(keys: Keys, entropy: Arc<dyn Entropy>) -> Self {
        Self(Arc::new(Inner { keys, entropy }))
    }

    /// Seals a secret. It can be opened only for the same purpose, so that one secret cannot be put in another's place.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let Key { name, cipher } = &self.0.keys.first;
        // Random: with 96 bits, four thousand million secrets under one key repeat one less than once in ten thousand
        // million times.
        let mut nonce = [0; NONCE];
        self.0.entropy.fill(&mut nonce)?;
        let mut secret = plain.to_vec();
        let sealed = cipher.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(purpose.as_bytes()),
            &mut secret,
        );
        sealed.map_err(|_| SealError::Damaged)?;
        Ok([&[FORMAT], name.as_slice(), &nonce, &secret].concat())
    }

    /// Opens what was sealed for this purpose.
    ///
    /// # Errors
    /// If it was sealed under a key that is not there, for something else, or is damaged.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Secret<Vec<u8>>, SealError> {
        let (found, nonce, secret) = parts(sealed).ok_or(SealError::Damaged)?;
        let mut secret = secret.to_vec();
        let mut keys = std::iter::once(&self.0.keys.first).chain(&self.0.keys.previous);
        let key = keys.find(|key| key.name == found).ok_or(SealError::OtherKey)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let plain = key.cipher.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut secret);
        plain.map(|plain| Secret::new(plain.to_vec())).map_err(|_| SealError::Damaged)
    }

    /// Whether it is sealed under the key that seals now; what is not should be sealed anew.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        parts(sealed).is_some_and(|(found, ..)| found == self.0.keys.first.name)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

fn parts(sealed: &[u8]) -> Option<(Name, [u8; NONCE], &[u8])> {
    let (_, rest) = sealed.split_first().filter(|(format, _)| **format == FORMAT)?;
    let (name, rest) = rest.split_first_chunk()?;
    let (nonce, secret) = rest.split_first_chunk()?;
    Some((*name, *nonce, secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    fn sealer(keys: &[u8]) -> Sealer {
        let mut keys = keys.iter().map(|byte| Key::of(&[*byte; 32]).unwrap());
        let keys = Keys { first: keys.next().unwrap(), previous: keys.collect() };
        Sealer::new(keys, Arc::new(SeededEntropy::new(7)))
    }

    #[test]
    fn what_is_sealed_is_opened_for_its_purpose_and_no_other() {
        let sealer = sealer(&[1]);
        let sealed = sealer.seal("signing key 4", b"secret").unwrap();
        assert_eq!(sealer.open("signing key 4", &sealed).unwrap().expose(), b"secret");
        assert_eq!(sealer.open("signing key 5", &sealed), Err(SealError::Damaged));
        assert_ne!(sealer.seal("signing key 4", b"secret").unwrap(), sealed, "the same secret looks different again");
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let sealer = sealer(&[1]);
        let sealed = sealer.seal("p", b"secret").unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut damaged = sealed.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(sealer.open("p", &damaged).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(sealer.open("p", &sealed[..length]).is_err(), "cut to {length}");
        }
    }

    #[test]
    fn an_older_key_still_opens_and_no_longer_seals() {
        let sealed = sealer(&[1]).seal("p", b"secret").unwrap();
        let changed = sealer(&[2, 1]);
        assert_eq!(changed.open("p", &sealed).unwrap().expose(), b"secret");
        assert!(!changed.is_current(&sealed) && changed.is_current(&changed.seal("p", b"secret").unwrap()));
        assert_eq!(sealer(&[2]).open("p", &sealed), Err(SealError::OtherKey));
    }
}
