//! A session begins.

use serde_json::json;

use super::enter::{Answered, Begun};
use super::text::Text;
use super::{Origin, Session, SignInError, SignedIn, Way, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::identity::factors::Proved;
use crate::identity::key::hex;
use crate::identity::users::store::{self as users, Place};
use crate::identity::{Identity, Status};
use crate::store::Connection;

/// How much of what a client calls itself is kept.
const CLIENT: usize = 200;

impl Identity {
    /// A new session for somebody who has proved who they are, or does so by what they answered. It is always a new one, so
    /// that nobody can be made to use one that somebody else has prepared.
    pub(super) async fn begin_session(
        &self,
        Begun { place, device: shown, origin, way }: Begun,
        answered: Option<Answered>,
    ) -> Result<SignedIn, SignInError> {
        if way == Way::Tokens {
            // Before the session, which would be of no use without a key to sign with.
            self.signer().await?;
        }
        let session = self.new_session(origin)?;
        let text = self.new_text(&session, way)?;
        let (device, device_text) = self.new_device(session.origin.clone())?;
        let (identity, secret, now) = (self.clone(), text.secret(), session.created_at);
        let (inserted, told, owner) = (session.clone(), device_text.clone(), place.clone());
        let workspace = place.workspace;
        let begin = move |connection: &mut dyn Connection| {
            // Disabled or deleted meanwhile: then there is nobody to have a session.
            let current = users::find(connection, place.workspace, &place.id)?;
            let Some(current) = current.filter(|current| current.user.status == Status::Active) else {
                return Ok(None);
            };
            let Some(left) = identity.let_in(connection, &place, answered.as_ref(), now)? else { return Ok(None) };
            users::record_sign_in(connection, &place, now)?;
            store::insert(connection, &place, &inserted, &text)?;
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
        let token = match way {
            Way::Cookie => None,
            Way::Tokens => Some(self.issue(&owner, &session).await?),
        };
        Ok(SignedIn { workspace, user, session, text: secret, token, device, recovery_codes_left, must_enrol })
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

    fn new_session(&self, origin: Origin) -> Result<Session, SignInError> {
        let mut id = [0; 16];
        self.0.parts.entropy.fill(&mut id)?;
        let (id, now) = (hex(&id), self.0.parts.clock.now());
        let client: String = origin.client.chars().filter(|c| !c.is_control()).take(CLIENT).collect();
        let origin = Origin { client, ..origin };
        let expires_at = now.plus(self.0.session_time);
        Ok(Session { id, created_at: now, last_used_at: now, expires_at, origin })
    }

    fn new_text(&self, session: &Session, way: Way) -> Result<Text, SignInError> {
        let (prefix, entropy) = (self.0.parts.key_prefix, self.0.parts.entropy.as_ref());
        Ok(match way {
            Way::Cookie => Text::cookie(prefix, &session.id, entropy)?,
            Way::Tokens => Text::first(prefix, &session.id, entropy)?,
        })
    }
}
