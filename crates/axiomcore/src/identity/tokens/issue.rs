//! Issuing tokens and verifying them.

use std::time::Duration;

use super::claims::Claims;
use super::compact::{Compact, encoded, unsigned};
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::entropy::Unavailable;
use crate::hex;
use crate::identity::users::store::Place;
use crate::identity::{Config, Identity, Lapsed, Session};
use crate::sealing::SealError;

/// A token for its holder.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The text.
    pub text: Secret<String>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// There is no randomness.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// Who asked cannot do it any more.
    #[error(transparent)]
    Lapsed(#[from] Lapsed),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// A signing key cannot be sealed or opened.
    #[error("a key that access tokens are signed with: {0}")]
    Sealed(#[from] SealError),
    /// A signing key could not be made or read.
    #[error("a key that access tokens are signed with could not be made or read: {0}")]
    Unmade(String),
    /// No key signs at this moment.
    #[error("there is no key to sign access tokens with; do the clocks of all nodes agree?")]
    None,
}

/// What the configuration says about tokens.
pub(in crate::identity) struct TokenConfig {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) lasting: Duration,
    pub(super) bits: usize,
    pub(super) rotation: Duration,
}

impl TokenConfig {
    pub(in crate::identity) fn of(config: &Config, key_prefix: &str) -> Self {
        let or = |text: &str, otherwise: &str| if text.is_empty() { otherwise } else { text }.to_owned();
        let issuer = or(&config.token_issuer, key_prefix);
        Self {
            audience: or(&config.token_audience, &issuer),
            issuer,
            lasting: config.access_token_time.duration(),
            bits: config.signing_key_bits,
            rotation: config.signing_key_time.duration(),
        }
    }
}

impl Identity {
    /// A token for a session of this user's, and what it says. It never outlives the session.
    pub(in crate::identity) async fn issue(
        &self,
        place: &Place,
        session: &Session,
    ) -> Result<(AccessToken, Claims), TokenError> {
        let (key, now, config) = (self.signer().await?, self.now(), &self.0.token_config);
        let mut id = [0; 16];
        self.0.parts.entropy.fill(&mut id)?;
        let (iat, exp) = (now.0.div_euclid(1000), now.plus(config.lasting).min(session.expires_at).0.div_euclid(1000));
        let claims = Claims {
            iss: config.issuer.clone(),
            aud: config.audience.clone(),
            sub: place.id.clone(),
            ws: place.workspace,
            sid: session.id.clone(),
            jti: hex::encode(&id),
            iat,
            nbf: iat,
            exp,
        };
        let unmade = |error: serde_json::Error| TokenError::Unmade(error.to_string());
        let unsigned = unsigned(&key.id, &serde_json::to_vec(&claims).map_err(unmade)?).map_err(unmade)?;
        let signature = key.sign(&unsigned).ok_or(TokenError::None)?;
        let text = Secret::new(format!("{unsigned}.{}", encoded(&signature)));
        Ok((AccessToken { text, issued_at: now, expires_at: claims.expires_at() }, claims))
    }

    /// What a token says, if one of our keys has signed it and it is good now. The key is looked for among our own,
    /// whatever the token says about where it might be found.
    pub(in crate::identity) async fn claims_of(
        &self,
        token: &Compact<'_>,
        now: Timestamp,
    ) -> Result<Option<Claims>, TokenError> {
        let keyring = &self.0.keyring;
        let mut key = keyring.find(&token.kid, now);
        if key.is_none() && keyring.may_look(now) {
            self.read_signing_keys().await?;
            key = keyring.find(&token.kid, now);
        }
        let Some(key) = key.filter(|key| key.has_signed(token.signed, &token.signature)) else { return Ok(None) };
        drop(key);
        let claims: Option<Claims> = serde_json::from_slice(&token.payload).ok();
        let config = &self.0.token_config;
        Ok(claims.filter(|claims| claims.hold(&config.issuer, &config.audience, now)))
    }
}
