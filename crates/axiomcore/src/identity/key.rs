//! The text of an API key: `PREFIX_WORKSPACE_ID_SECRET`, such as `fa_1_5f0c…_9b1d…`.
//!
//! The prefix lets people and scanners recognise a key that has leaked. Workspace and id are not secret; with them a key
//! is found by the primary key, so that a database that is split by workspace is asked in one place. The secret is 256
//! bits from the operating system.
//!
//! What is stored is the SHA-256 of the whole text. A slow hash, such as passwords need, protects secrets that can be
//! guessed; trying 2^256 of them is hopeless however fast each try is, and a slow one would cost every request.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::store::DEFAULT_WORKSPACE;
use crate::config::Secret;
use crate::entropy::{Entropy, Unavailable};

/// The id of the key that the operator chose the text of.
pub(super) const BOOTSTRAP_ID: &str = "bootstrap";

/// The SHA-256 of a key's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    pub(super) const fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Takes as long for a stored one that differs early as for one that differs late.
    pub(super) fn matches(&self, stored: &[u8]) -> bool {
        self.0.as_slice().ct_eq(stored).into()
    }
}

/// A new key.
pub(super) struct Made {
    pub(super) id: String,
    pub(super) text: Secret<String>,
}

pub(super) fn make(prefix: &str, workspace: i64, entropy: &dyn Entropy) -> Result<Made, Unavailable> {
    let mut id = [0; 8];
    entropy.fill(&mut id)?;
    let id = hex(&id);
    let text = text(prefix, workspace, &id, entropy)?;
    Ok(Made { id, text })
}

/// The text of the key with this id, with a new secret.
pub(super) fn text(
    prefix: &str,
    workspace: i64,
    id: &str,
    entropy: &dyn Entropy,
) -> Result<Secret<String>, Unavailable> {
    let mut secret = [0; 32];
    entropy.fill(&mut secret)?;
    Ok(Secret::new(format!("{prefix}_{workspace}_{id}_{}", hex(&secret))))
}

/// The workspace and the id under which a key would be stored, if there is such a key. A text of another form can only
/// be the one that the operator chose.
pub(super) fn place_of<'a>(prefix: &str, text: &'a str) -> (i64, &'a str) {
    let parts = || {
        let mut parts = text.strip_prefix(prefix)?.strip_prefix('_')?.split('_');
        let place = (parts.next()?.parse().ok()?, parts.next()?);
        parts.next().filter(|secret| secret.len() == 64)?;
        parts.next().is_none().then_some(place)
    };
    parts().unwrap_or((DEFAULT_WORKSPACE, BOOTSTRAP_ID))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn a_key_names_its_place_and_two_keys_share_nothing() {
        let entropy = SeededEntropy::new(7);
        let (one, two) = (make("fa", 3, &entropy).unwrap(), make("fa", 3, &entropy).unwrap());
        assert_eq!(place_of("fa", one.text.expose()), (3, one.id.as_str()));
        assert_ne!(one.id, two.id);
        assert_ne!(one.text.expose()[21..], two.text.expose()[21..]);
        assert!(one.text.expose().starts_with("fa_3_") && one.text.expose().len() == 5 + 16 + 1 + 64);
    }

    #[test]
    fn any_other_text_can_only_be_the_operators() {
        for text in ["", "fa", "fa_", "fa_1_a_b", "fb_1_a_b", "correct horse battery staple", "fa_x_a_b"] {
            assert_eq!(place_of("fa", text), (DEFAULT_WORKSPACE, BOOTSTRAP_ID), "{text}");
        }
    }
}
