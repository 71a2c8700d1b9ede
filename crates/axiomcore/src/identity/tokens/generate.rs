//! Making RSA keys.
//!
//! `ring` signs and verifies but makes no RSA keys, so that one thing is left to the `rsa` crate. Nothing else is: its
//! operations with a private key do not take the same time for all keys (RUSTSEC-2023-0071), which only matters where
//! somebody can have them carried out again and again.

use rsa::PrivateKey;
use rsa::pkcs8::EncodePrivateKey;
use rsa::rand_core::{TryCryptoRng, TryRng};

use super::TokenError;
use crate::config::Secret;
use crate::entropy::{Entropy, Unavailable};

/// A new private key in PKCS#8; takes a second or so.
pub(in crate::identity) fn generate(bits: usize, entropy: &dyn Entropy) -> Result<Secret<Vec<u8>>, TokenError> {
    let made = PrivateKey::new(&mut Source(entropy), bits).map_err(|error| TokenError::Unmade(error.to_string()))?;
    let document = made.to_pkcs8_der().map_err(|error| TokenError::Unmade(error.to_string()))?;
    Ok(Secret::new(document.as_bytes().to_vec()))
}

/// Our randomness as the crate asks for it.
struct Source<'e>(&'e dyn Entropy);

impl TryRng for Source<'_> {
    type Error = Unavailable;

    fn try_next_u32(&mut self) -> Result<u32, Unavailable> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Unavailable> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        self.0.fill(bytes)
    }
}

impl TryCryptoRng for Source<'_> {}
