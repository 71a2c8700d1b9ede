//! A session begins.

use serde_json::json;

use super::enter::{Begun, Ground};
use super::text::Text;
use super::{Origin, Session, SignInError, SignedIn, Way, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::identity::factors::Proved;
use crate::identity::key::{Fingerprint, hex};
use crate::identity::passkeys::Purpose;
use crate::identity::passwords::Verdict;
use crate::identity::users::store::{self as users, Place, Stored};
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
        ground: Ground,
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
        let (workspace, came_by, read_at) = (place.workspace, way.came_by(), self.0.cache.generation());
        let begin = move |connection: &mut dyn Connection| {
            let Some(current) = still(connection, &place, ground.verified())? else { return Ok(None) };
            let Some(left) = identity.let_in(connection, &place, &ground, now)? else { return Ok(None) };
            users::record_sign_in(connection, &place, now)?;
            store::insert(connection, &place, &inserted, &text)?;
            let entry = Entry { workspace, at: now, principal: &place.id, action: "session.begin" };
            let Origin { address, client } = &inserted.origin;
            entry.write(connection, &inserted.id, &json!({ "address": address, "client": client }))?;
            let is_known = identity.remember_device(connection, &place, &shown, (&device, &told))?;
            let ends = Some(inserted.expires_at);
            let principal = identity.principal_of(connection, (&place, &inserted.id), came_by, ends)?;
            Ok(principal.map(|principal| (current.user, left, is_known, principal)))
        };
        let begun = self.0.parts.database.write(begin).await?;
        let (user, recovery_codes_left, is_known, principal) = begun.ok_or(SignInError::Refused)?;
        let (device, must_enrol) = ((!is_known).then_some(device_text), principal.must_enrol);
        let token = match way {
            Way::Cookie => {
                self.remember(Fingerprint::of(secret.expose()), principal, (&session, None), read_at);
                None
            }
            Way::Tokens => Some(self.hand_out(&owner, &session, principal, read_at).await?),
        };
        Ok(SignedIn { workspace, user, session, text: secret, token, device, recovery_codes_left, must_enrol })
    }

    /// Whether what was shown is enough, within the transaction of the session; how many recovery codes are left, if one was
    /// used. A factor that was confirmed a moment ago is asked for as well.
    fn let_in(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        ground: &Ground,
        now: Timestamp,
    ) -> crate::store::Result<Option<Option<usize>>> {
        let (fingerprint, proof) = match ground {
            Ground::Password { .. } => return Ok((!self.has_factor(connection, place)?).then_some(None)),
            Ground::Passkey(shown) => {
                let is_shown = self.has_shown_passkey(connection, place, shown, &Purpose::alone(), now)?;
                return Ok(is_shown.then_some(None));
            }
            Ground::Answer { fingerprint, proof } => (fingerprint, proof),
        };
        let proved = self.answer(connection, place, fingerprint, proof, now)?;
        Ok(proved.map(|proved| match proved {
            Proved::Code | Proved::Passkey => None,
            Proved::RecoveryCode(left) => Some(left),
        }))
    }

    /// Stores a better hash of a right password, and says which hash of it is stored from now on. Not worth refusing somebody
    /// for: at the next sign-in it is tried again.
    pub(super) async fn rehash(
        &self,
        place: &Place,
        old: String,
        password: Secret<String>,
    ) -> Result<String, SignInError> {
        if let Ok(new) = self.0.passwords.hash(password.clone()).await {
            let (place, from, to) = (place.clone(), old.clone(), new.clone());
            let write = self.0.parts.database.write(move |connection| users::rehash(connection, &place, &from, &to));
            match write.await {
                Ok(true) => return Ok(new),
                Ok(false) => {}
                Err(error) => tracing::warn!(cause = %error, "a password was not hashed anew: {error}"),
            }
        }
        self.hash_of_now(place, old, password).await
    }

    /// Another sign-in with the same password may have been faster; then it is of the hash that that one has stored, too.
    async fn hash_of_now(&self, place: &Place, old: String, password: Secret<String>) -> Result<String, SignInError> {
        let wanted = place.clone();
        let find = move |connection: &mut dyn Connection| users::find(connection, wanted.workspace, &wanted.id);
        let stored = self.0.parts.database.read(find).await?.and_then(|found| found.password);
        let Some(stored) = stored.filter(|stored| *stored != old) else { return Ok(old) };
        match self.0.passwords.verify(password, Some(stored.clone())).await? {
            Verdict::Right { .. } => Ok(stored),
            Verdict::Wrong => Ok(old),
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

/// Who it is, if they may still come in: neither disabled nor deleted meanwhile, and with the password whose hash was
/// verified, if one was. Hashing takes its time, and what is decided here is decided with the session or challenge.
pub(super) fn still(
    connection: &mut dyn Connection,
    place: &Place,
    verified: Option<&str>,
) -> crate::store::Result<Option<Stored>> {
    users::hold(connection, place)?;
    let found = users::find(connection, place.workspace, &place.id)?;
    Ok(found.filter(|found| {
        let is_it = verified.is_none_or(|verified| found.password.as_deref() == Some(verified));
        found.user.status == Status::Active && is_it
    }))
}
