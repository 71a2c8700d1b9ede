//! What somebody is told whose credential is not taken: the same in each case, but for whoever holds an API key that has
//! ended by itself. They hold its secret, so they learn nothing that they could not know, and would look for a mistake
//! elsewhere.

use axum::http::HeaderValue;
use axum::http::header::WWW_AUTHENTICATE;

use super::credential::Credential;
use super::key::{Fingerprint, place_of};
use super::{Identity, codes, store};
use crate::clock::Timestamp;
use crate::http::Problem;
use crate::store::{Connection, Result};

/// The same for none, a wrong and a revoked one.
pub(super) fn unauthenticated() -> Problem {
    Problem::new(&codes::UNAUTHENTICATED).header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

impl Identity {
    /// Why this credential is not taken.
    pub(super) async fn refuse(&self, shown: Option<&Credential<'_>>) -> Problem {
        let Some(Credential::Bearer(text)) = shown else { return unauthenticated() };
        match self.ended_at(text).await {
            Ok(Some(at)) => {
                let mend = "Have a new key made, by whoever made this one or by an administrator.";
                unauthenticated().detail(format!("this API key expired at {at}")).mend(mend)
            }
            Ok(None) => unauthenticated(),
            Err(error) => error.into(),
        }
    }

    /// When this key ended by itself, if it is one. Of a key that was revoked nothing is told: who holds it may have
    /// stolen it.
    async fn ended_at(&self, text: &str) -> Result<Option<Timestamp>> {
        let prefix = self.0.parts.key_prefix;
        if !text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_')) {
            return Ok(None);
        }
        let (workspace, id) = place_of(prefix, text);
        let (id, fingerprint, now) = (id.to_owned(), Fingerprint::of(text), self.now());
        let find = move |connection: &mut dyn Connection| store::find(connection, workspace, &id);
        let found = self.0.parts.database.glance(find).await?;
        let right = found.filter(|stored| fingerprint.matches(&stored.fingerprint) && stored.key.revoked_at.is_none());
        Ok(right.and_then(|stored| stored.key.expires_at).filter(|at| *at <= now))
    }
}
