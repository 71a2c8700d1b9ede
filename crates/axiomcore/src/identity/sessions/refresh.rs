//! New access tokens for old refresh tokens, each of which is good once.
//!
//! Of two that show the same refresh token at the same time one is first; the other shows an old one then, and that ends the
//! session: nobody can tell which of the two is its owner, who can sign in again. A client must therefore not refresh
//! twice at once, and signs in again if an answer was lost on its way.

use serde_json::json;

use super::text::{Refresh, Text};
use super::{Session, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::entropy::Unavailable;
use crate::identity::key::Fingerprint;
use crate::identity::{AccessToken, CameBy, Identity, Principal, TokenError, changes};
use crate::store::Connection;

/// What a refresh token was given for.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The session.
    pub session: Session,
    /// The next refresh token; the one of before is worth nothing.
    pub text: Secret<String>,
    /// An access token.
    pub token: AccessToken,
}

/// Why nothing was given for a refresh token.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// It is none, was used before, or its session has ended.
    #[error("the refresh token is none, was used before, or its session has ended")]
    Refused,
    /// There is no access token for it.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// There is no randomness to make a secret from.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

/// What a refresh token turned out to be.
enum Outcome {
    Good(store::Stored, Principal),
    /// Used before.
    Old(store::Stored),
    Wrong,
}

impl Identity {
    /// Gives a new access token and a new refresh token for a refresh token.
    ///
    /// # Errors
    /// If it is none or was used before, or its session has ended; if the database fails.
    pub async fn refresh(&self, text: &str) -> Result<Refreshed, RefreshError> {
        let prefix = self.0.parts.key_prefix;
        let shown = Refresh::read(prefix, text).ok_or(RefreshError::Refused)?;
        let next = Text::next(prefix, shown.session, shown.family, self.0.parts.entropy.as_ref())?;
        let (secret, id) = (next.secret(), shown.session.to_owned());
        let (old, identity, now) = (Fingerprint::of(text), self.clone(), self.now());
        let read_at = self.0.cache.generation();
        let exchange = move |connection: &mut dyn Connection| identity.exchange(connection, &id, &old, &next, now);
        match self.0.parts.database.write(exchange).await? {
            Outcome::Good(store::Stored { place, session, .. }, principal) => {
                let token = self.hand_out(&place, &session, principal, read_at).await?;
                Ok(Refreshed { session, text: secret, token })
            }
            Outcome::Old(stored) => {
                self.end_reused(stored).await?;
                Err(RefreshError::Refused)
            }
            Outcome::Wrong => Err(RefreshError::Refused),
        }
    }

    fn exchange(
        &self,
        connection: &mut dyn Connection,
        id: &str,
        old: &Fingerprint,
        next: &Text,
        now: Timestamp,
    ) -> crate::store::Result<Outcome> {
        let is_family = |stored: &store::Stored| match (&stored.family, &next.family) {
            (Some(stored), Some(shown)) => shown.matches(stored),
            _ => false,
        };
        let found = store::find(connection, id)?.filter(|stored| is_family(stored) && now < self.good_until(stored));
        let Some(mut stored) = found else { return Ok(Outcome::Wrong) };
        let principal = self.principal_of(connection, (&stored.place, &stored.session.id), CameBy::Token, None)?;
        let Some(principal) = principal else { return Ok(Outcome::Wrong) };
        // What decides who was first of two.
        if store::rotate(connection, id, old, &next.fingerprint, now)? {
            stored.session.last_used_at = now;
            return Ok(Outcome::Good(stored, principal));
        }
        Ok(Outcome::Old(stored))
    }

    /// Ends a session of which two have a refresh token. In a transaction of its own: PostgreSQL holds the row that was
    /// looked at in vain, and whoever ends sessions takes the lock of changes first.
    async fn end_reused(&self, stored: store::Stored) -> crate::store::Result<()> {
        let store::Stored { place, session, .. } = stored;
        let (now, owner, id) = (self.now(), place.clone(), session.id.clone());
        let end = self.0.parts.database.write(move |connection| {
            let workspace = owner.workspace;
            changes::revoked(connection, workspace, &owner.id, now)?;
            if store::end(connection, &owner, &id, now)? {
                let entry = Entry { workspace, at: now, principal: &owner.id, action: "session.reuse" };
                entry.write(connection, &id, &json!({ "ended": true }))?;
            }
            Ok(())
        });
        end.await?;
        self.0.cache.remove(place.workspace, &place.id);
        tracing::warn!(
            session.id = session.id,
            "a refresh token of session {} was shown a second time: the session has ended",
            session.id
        );
        Ok(())
    }
}
