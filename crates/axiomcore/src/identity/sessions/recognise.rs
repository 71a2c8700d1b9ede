//! Who somebody is that a session let in.

use std::sync::Arc;

use super::{Session, store};
use crate::clock::Timestamp;
use crate::identity::cache::{Found, Generation};
use crate::identity::key::Fingerprint;
use crate::identity::tokens::Claims;
use crate::identity::users::store::{self as users, Place};
use crate::identity::{AccessToken, CameBy, Identity, Permissions, Principal, PrincipalKind, Status, TokenError, User};
use crate::store::{Connection, Result};

/// A credential that has to be looked at again at the latest at this moment.
type Recognised = Option<(Arc<Principal>, Timestamp)>;

impl Identity {
    /// Whose session in a cookie this is, if it goes on.
    pub(in crate::identity) fn principal_by_session(
        &self,
        connection: &mut dyn Connection,
        id: &str,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> Result<Recognised> {
        let found = store::find(connection, id)?.filter(|stored| fingerprint.matches(&stored.fingerprint));
        let Some(stored) = found else { return Ok(None) };
        let expires_at = stored.session.expires_at;
        self.recognised(connection, &stored, CameBy::Cookie, expires_at, now)
    }

    /// Whose token this is, if the session that it was issued for goes on. The token has been verified.
    pub(in crate::identity) fn principal_by_claims(
        &self,
        connection: &mut dyn Connection,
        claims: &Claims,
        now: Timestamp,
    ) -> Result<Recognised> {
        let is_theirs = |Place { workspace, id }: &Place| *workspace == claims.ws && *id == claims.sub;
        let found = store::find(connection, &claims.sid)?.filter(|stored| is_theirs(&stored.place));
        let Some(stored) = found else { return Ok(None) };
        self.recognised(connection, &stored, CameBy::Token, claims.expires_at(), now)
    }

    fn recognised(
        &self,
        connection: &mut dyn Connection,
        stored: &store::Stored,
        came_by: CameBy,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Recognised> {
        let until = self.good_until(stored).min(expires_at);
        if now >= until {
            return Ok(None);
        }
        let session = (&stored.place, &*stored.session.id);
        let principal = self.principal_of(connection, session, came_by, Some(expires_at))?;
        Ok(principal.map(|principal| (Arc::new(principal), until)))
    }

    /// Who somebody is now that a session let in, if both go on.
    pub(in crate::identity) fn current_by_session(
        &self,
        connection: &mut dyn Connection,
        id: &str,
        before: &Principal,
        now: Timestamp,
    ) -> Result<Option<Principal>> {
        let found = store::find(connection, id)?.filter(|stored| now < self.good_until(stored));
        let Some(stored) = found else { return Ok(None) };
        let session = (&stored.place, &*stored.session.id);
        self.principal_of(connection, session, before.came_by, before.expires_at)
    }

    /// Who has this session, if they may still sign in.
    pub(super) fn principal_of(
        &self,
        connection: &mut dyn Connection,
        (place, session): (&Place, &str),
        came_by: CameBy,
        expires_at: Option<Timestamp>,
    ) -> Result<Option<Principal>> {
        let Place { workspace, id } = place;
        let found = users::find(connection, *workspace, id)?;
        let Some(found) = found.filter(|found| found.user.status == Status::Active) else { return Ok(None) };
        let must_enrol = self.must_enrol(connection, place, &found.user)?;
        let permissions = match must_enrol {
            true => Permissions::only(&[]),
            false => self.permissions_of(connection, *workspace, &found.user.roles)?,
        };
        Ok(Some(Principal {
            workspace: *workspace,
            id: id.clone(),
            kind: PrincipalKind::User,
            permissions,
            must_enrol,
            session: Some(session.to_owned()),
            key: None,
            came_by,
            expires_at,
        }))
    }

    /// A new access token, by which its holder is remembered.
    pub(super) async fn hand_out(
        &self,
        place: &Place,
        session: &Session,
        principal: Principal,
        read_at: Generation,
    ) -> std::result::Result<AccessToken, TokenError> {
        let (token, claims) = self.issue(place, session).await?;
        let principal = Principal { expires_at: Some(token.expires_at), ..principal };
        self.remember(Fingerprint::of(token.text.expose()), principal, (session, Some(claims)), read_at);
        Ok(token)
    }

    /// Remembers somebody by what they have just been given, so that their first request asks nobody. Who has lost
    /// something since `read_at` is not remembered, as after a look into the database.
    pub(super) fn remember(
        &self,
        fingerprint: Fingerprint,
        principal: Principal,
        (session, claims): (&Session, Option<Claims>),
        read_at: Generation,
    ) {
        let now = self.now();
        let ends = [session.expires_at, session.last_used_at.plus(self.0.session_idle_time)];
        let ends = ends.into_iter().chain(principal.expires_at).min().unwrap_or(now);
        let found = Found { good_until: ends.min(now.plus(self.0.cache_time)), principal: Arc::new(principal), claims };
        self.0.cache.insert(fingerprint, found, (now, read_at));
    }

    /// The person that a principal is, if it is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn user_of(&self, principal: &Principal) -> Result<Option<User>> {
        if principal.kind != PrincipalKind::User {
            return Ok(None);
        }
        let (workspace, id) = (principal.workspace, principal.id.clone());
        let found = self.0.parts.database.read(move |connection| users::find(connection, workspace, &id));
        Ok(found.await?.map(|stored| stored.user))
    }

    /// Until when a session goes on if it is not used again.
    pub(super) fn good_until(&self, stored: &store::Stored) -> Timestamp {
        if stored.has_ended {
            return Timestamp(0);
        }
        let Session { last_used_at, expires_at, .. } = stored.session;
        expires_at.min(last_used_at.plus(self.0.session_idle_time))
    }
}
