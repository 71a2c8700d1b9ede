//! From a credential to a principal: by memory if that can be trusted, else by the database.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::cache::Found;
use super::key::{Fingerprint, place_of};
use super::store::Stored;
use super::tokens::{Claims, Compact};
use super::{Identity, Principal, TokenError, sessions, store};
use crate::clock::Timestamp;
use crate::store::{Connection, Result};

/// What somebody shows.
enum Shown {
    /// A token that one of our keys has signed; what it says.
    Token(Claims),
    /// Any other text.
    Text(String),
}

impl Shown {
    const fn claims(&self) -> Option<&Claims> {
        match self {
            Self::Token(claims) => Some(claims),
            Self::Text(_) => None,
        }
    }
}

impl Identity {
    /// Who has this credential, if it is a good one.
    ///
    /// # Errors
    /// If the database had to be asked and failed.
    pub async fn authenticate(&self, credential: &str) -> std::result::Result<Option<Arc<Principal>>, TokenError> {
        self.authenticate_unless(credential, || Ok(())).await
    }

    /// As [`authenticate`](Self::authenticate), but before anything is verified or looked up for a credential that has not
    /// been a good one lately, `refuse` may refuse.
    pub(super) async fn authenticate_unless<E: From<TokenError>>(
        &self,
        credential: &str,
        refuse: impl FnOnce() -> std::result::Result<(), E>,
    ) -> std::result::Result<Option<Arc<Principal>>, E> {
        let inner = &*self.0;
        let (fingerprint, now) = (Fingerprint::of(credential), inner.parts.clock.now());
        let is_fresh = inner.changes.is_fresh(now);
        let remembered = inner.cache.find(&fingerprint, now).filter(|_| is_fresh);
        if remembered.is_some() {
            return Ok(remembered);
        }
        if !inner.cache.remembers(&fingerprint) {
            refuse()?;
        }
        // Before a key is looked for that may be taken away meanwhile.
        let read_at = inner.cache.generation();
        let verified = inner.cache.claims(&fingerprint).filter(|claims| is_fresh && now < claims.expires_at());
        let shown = match verified {
            Some(claims) => Shown::Token(claims),
            None => match self.shown(credential, now).await? {
                Some(shown) => shown,
                None => return Ok(None),
            },
        };
        let (identity, claims) = (self.clone(), shown.claims().cloned());
        inner.changes.lookups.fetch_add(1, Ordering::Relaxed);
        let read = move |connection: &mut dyn Connection| identity.look_up(connection, &shown, &fingerprint, now);
        let found = inner.parts.database.glance(read).await.map_err(TokenError::from)?;
        let Some((principal, until)) = found else { return Ok(None) };
        let good_until = until.min(now.plus(inner.cache_time));
        inner.cache.insert(fingerprint, Found { principal: principal.clone(), good_until, claims }, (now, read_at));
        Ok(Some(principal))
    }

    /// What this is; nothing if it is a token that none of our keys has signed, or that is not good now.
    async fn shown(&self, credential: &str, now: Timestamp) -> std::result::Result<Option<Shown>, TokenError> {
        match Compact::read(credential) {
            Some(token) => Ok(self.claims_of(&token, now).await?.map(Shown::Token)),
            None => Ok(Some(Shown::Text(credential.to_owned()))),
        }
    }

    /// Who shows this, and until when they may.
    fn look_up(
        &self,
        connection: &mut dyn Connection,
        shown: &Shown,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> Result<Option<(Arc<Principal>, Timestamp)>> {
        let text = match shown {
            Shown::Token(claims) => return self.principal_by_claims(connection, claims, now),
            Shown::Text(text) => text,
        };
        let prefix = self.0.parts.key_prefix;
        if let Some(id) = sessions::place_of(prefix, text) {
            return self.principal_by_session(connection, id, fingerprint, now);
        }
        let (workspace, id) = place_of(prefix, text);
        let found = store::find(connection, workspace, id)?;
        let found = found.filter(|stored| fingerprint.matches(&stored.fingerprint) && stored.key.works(now));
        let Some(Stored { key, .. }) = found else { return Ok(None) };
        let until = key.expires_at.unwrap_or(Timestamp(i64::MAX));
        let principal = self.principal_by_key(connection, workspace, key)?;
        Ok(principal.map(|principal| (Arc::new(principal), until)))
    }

    /// Who this principal is now, if their credential still works: for what outlives the request that let it in, such as
    /// a stream. Asks the database, so that a revocation on another node is seen as well.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn current(&self, principal: &Principal) -> Result<Option<Principal>> {
        let (identity, before) = (self.clone(), principal.clone());
        self.0.parts.database.read(move |connection| identity.current_in(connection, &before)).await
    }

    /// The same within a transaction.
    pub(super) fn current_in(&self, connection: &mut dyn Connection, before: &Principal) -> Result<Option<Principal>> {
        let now = self.now();
        if before.expires_at.is_some_and(|at| at <= now) {
            return Ok(None);
        }
        match (&before.session, &before.key) {
            (Some(session), _) => self.current_by_session(connection, session, before, now),
            (None, Some(key)) => {
                let found = store::find(connection, before.workspace, key)?.filter(|stored| stored.key.works(now));
                found.map_or(Ok(None), |stored| self.principal_by_key(connection, before.workspace, stored.key))
            }
            (None, None) => Ok(None),
        }
    }
}
