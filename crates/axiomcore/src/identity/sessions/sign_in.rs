//! Signing in, and being recognised afterwards.

use std::sync::Arc;

use serde_json::json;

use super::enter::{Answered, Begun};
use super::{Origin, Session, SignInError, SignedIn, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::identity::factors::Proved;
use crate::identity::key::{Fingerprint, hex};
use crate::identity::users::store::{self as users, Place};
use crate::identity::{CameBy, Identity, Permissions, Principal, PrincipalKind, Status};
use crate::store::Connection;

/// How much of what a client calls itself is kept.
const CLIENT: usize = 200;

impl Identity {
    /// A new session for somebody who has proved who they are, or does so by what they answered. It is always a new one, so
    /// that nobody can be made to use one that somebody else has prepared.
    pub(super) async fn begin_session(
        &self,
        Begun { place, device: shown, origin }: Begun,
        answered: Option<Answered>,
    ) -> Result<SignedIn, SignInError> {
        let (session, text) = self.new_session(origin)?;
        let (device, device_text) = self.new_device(session.origin.clone())?;
        let (identity, fingerprint, now) = (self.clone(), Fingerprint::of(text.expose()), session.created_at);
        let (inserted, told) = (session.clone(), device_text.clone());
        let workspace = place.workspace;
        let begin = move |connection: &mut dyn Connection| {
            // Disabled or deleted meanwhile: then there is nobody to have a session.
            let current = users::find(connection, place.workspace, &place.id)?;
            let Some(current) = current.filter(|current| current.user.status == Status::Active) else {
                return Ok(None);
            };
            let Some(left) = identity.let_in(connection, &place, answered.as_ref(), now)? else { return Ok(None) };
            users::record_sign_in(connection, &place, now)?;
            store::insert(connection, &place, &inserted, &fingerprint)?;
            let entry = Entry { workspace, at: now, principal: &place.id, action: "session.begin" };
            let Origin { address, client } = &inserted.origin;
            entry.write(connection, &inserted.id, &json!({ "address": address, "client": client }))?;
            let is_known = identity.remember_device(connection, &place, &shown, (&device, &told))?;
            let must_enrol = identity.must_enrol(connection, &place, &current.user)?;
            Ok(Some((current.user, left, is_known, must_enrol)))
        };
        let begun = self.0.parts.database.write(begin).await?;
        let (user, recovery_codes_left, is_known, must_enrol) = begun.ok_or(SignInError::Refused)?;
        let device = (!is_known).then_some(device_text);
        Ok(SignedIn { workspace, user, session, text, device, recovery_codes_left, must_enrol })
    }

    /// Whether what was answered is enough, within the transaction of the session; how many recovery codes are left, if one
    /// was used. A factor that was confirmed a moment ago is asked for as well.
    fn let_in(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        answered: Option<&Answered>,
        now: Timestamp,
    ) -> crate::store::Result<Option<Option<usize>>> {
        let Some(Answered { fingerprint, proof }) = answered else {
            return Ok((!self.has_factor(connection, place)?).then_some(None));
        };
        let proved = self.answer(connection, place, fingerprint, proof, now)?;
        Ok(proved.map(|proved| match proved {
            Proved::ByCode => None,
            Proved::ByRecoveryCode(left) => Some(left),
        }))
    }

    /// Not worth refusing somebody for: at the next sign-in it is tried again.
    pub(super) async fn rehash(&self, place: &Place, old: String, password: Secret<String>) {
        let Ok(new) = self.0.passwords.hash(password).await else { return };
        let place = place.clone();
        let write = self.0.parts.database.write(move |connection| users::rehash(connection, &place, &old, &new));
        if let Err(error) = write.await {
            tracing::warn!(cause = %error, "a password was not hashed anew: {error}");
        }
    }

    fn new_session(&self, origin: Origin) -> Result<(Session, Secret<String>), SignInError> {
        let (mut id, mut secret) = ([0; 16], [0; 32]);
        self.0.parts.entropy.fill(&mut id)?;
        self.0.parts.entropy.fill(&mut secret)?;
        let (id, now) = (hex(&id), self.0.parts.clock.now());
        let text = Secret::new(format!("{}s_{id}_{}", self.0.parts.key_prefix, hex(&secret)));
        let client: String = origin.client.chars().filter(|c| !c.is_control()).take(CLIENT).collect();
        let origin = Origin { client, ..origin };
        let expires_at = now.plus(self.0.session_time);
        Ok((Session { id, created_at: now, last_used_at: now, expires_at, origin }, text))
    }

    /// Whose session this is, if it goes on.
    pub(in crate::identity) fn principal_by_session(
        &self,
        connection: &mut dyn Connection,
        id: &str,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> crate::store::Result<Option<(Arc<Principal>, Timestamp)>> {
        let found = store::find(connection, id)?.filter(|stored| fingerprint.matches(&stored.fingerprint));
        let Some(stored) = found else { return Ok(None) };
        let until = self.good_until(&stored);
        if now >= until {
            return Ok(None);
        }
        let Some(principal) = self.principal_of(connection, &stored)? else { return Ok(None) };
        Ok(Some((Arc::new(principal), until)))
    }

    /// Who somebody is now that a session let in, if both go on.
    pub(in crate::identity) fn current_by_session(
        &self,
        connection: &mut dyn Connection,
        id: &str,
        now: Timestamp,
    ) -> crate::store::Result<Option<Principal>> {
        let found = store::find(connection, id)?.filter(|stored| now < self.good_until(stored));
        found.map_or(Ok(None), |stored| self.principal_of(connection, &stored))
    }

    fn principal_of(
        &self,
        connection: &mut dyn Connection,
        stored: &store::Stored,
    ) -> crate::store::Result<Option<Principal>> {
        let Place { workspace, id } = &stored.place;
        let found = users::find(connection, *workspace, id)?;
        let found = found.filter(|found| found.user.status == Status::Active);
        let Some(found) = found else { return Ok(None) };
        let must_enrol = self.must_enrol(connection, &stored.place, &found.user)?;
        let permissions = if must_enrol { Permissions::only(&[]) } else { self.permissions_of(&found.user) };
        Ok(Some(Principal {
            workspace: *workspace,
            id: id.clone(),
            kind: PrincipalKind::User,
            permissions,
            must_enrol,
            session: Some(stored.session.id.clone()),
            came_by: CameBy::Cookie,
            expires_at: Some(stored.session.expires_at),
        }))
    }

    /// Until when it goes on if it is not used again.
    fn good_until(&self, stored: &store::Stored) -> Timestamp {
        if stored.has_ended {
            return Timestamp(0);
        }
        let Session { last_used_at, expires_at, .. } = stored.session;
        expires_at.min(last_used_at.plus(self.0.session_idle_time))
    }
}

/// The session that a text would belong to, if it has the form of one.
pub(in crate::identity) fn place_of<'t>(prefix: &str, text: &'t str) -> Option<&'t str> {
    let (id, secret) = text.strip_prefix(prefix)?.strip_prefix("s_")?.split_once('_')?;
    (id.len() == 32 && secret.len() == 64).then_some(id)
}
