//! The secret texts of sessions.
//!
//! In a cookie, `fas_SESSION_SECRET`. A refresh token is `far_SESSION_FAMILY_SECRET`: the family is a secret that all
//! refresh tokens of a session have in common. Who shows it has had one of them, so a text with the right family and an
//! old secret is a token that was used before; one with a wrong family is merely made up, and ends nobody's session.

use crate::config::Secret;
use crate::entropy::{Entropy, Unavailable};
use crate::hex;
use crate::identity::key::Fingerprint;

/// A text that opens a session, with what is stored of it.
pub(super) struct Text {
    text: Secret<String>,
    pub(super) fingerprint: Fingerprint,
    /// Of the family, if it is a refresh token.
    pub(super) family: Option<Fingerprint>,
}

/// A refresh token taken apart.
pub(super) struct Refresh<'t> {
    pub(super) session: &'t str,
    pub(super) family: &'t str,
}

impl Text {
    pub(super) fn cookie(prefix: &str, session: &str, entropy: &dyn Entropy) -> Result<Self, Unavailable> {
        let text = format!("{prefix}s_{session}_{}", random::<32>(entropy)?);
        Ok(Self { fingerprint: Fingerprint::of(&text), text: Secret::new(text), family: None })
    }

    /// The first refresh token of a session.
    pub(super) fn first(prefix: &str, session: &str, entropy: &dyn Entropy) -> Result<Self, Unavailable> {
        Self::next(prefix, session, &random::<16>(entropy)?, entropy)
    }

    /// The next one of the same family.
    pub(super) fn next(prefix: &str, session: &str, family: &str, entropy: &dyn Entropy) -> Result<Self, Unavailable> {
        let text = format!("{prefix}r_{session}_{family}_{}", random::<32>(entropy)?);
        let (fingerprint, family) = (Fingerprint::of(&text), Some(Fingerprint::of(family)));
        Ok(Self { text: Secret::new(text), fingerprint, family })
    }

    pub(super) fn secret(&self) -> Secret<String> {
        self.text.clone()
    }
}

impl<'t> Refresh<'t> {
    /// Takes a text apart, if it has the form of a refresh token.
    pub(super) fn read(prefix: &str, text: &'t str) -> Option<Self> {
        let mut parts = text.strip_prefix(prefix)?.strip_prefix("r_")?.split('_');
        let (session, family, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let is_one = session.len() == 32 && family.len() == 32 && secret.len() == 64 && parts.next().is_none();
        is_one.then_some(Self { session, family })
    }
}

/// The session that a text would belong to, if it has the form of what is in a cookie.
pub(in crate::identity) fn place_of<'t>(prefix: &str, text: &'t str) -> Option<&'t str> {
    let (id, secret) = text.strip_prefix(prefix)?.strip_prefix("s_")?.split_once('_')?;
    (id.len() == 32 && secret.len() == 64).then_some(id)
}

fn random<const BYTES: usize>(entropy: &dyn Entropy) -> Result<String, Unavailable> {
    let mut bytes = [0; BYTES];
    entropy.fill(&mut bytes)?;
    Ok(hex::encode(&bytes))
}
