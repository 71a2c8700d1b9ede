//! Showing a passkey: what the browser is to ask for, and holding the answer against what is stored, within the transaction
//! of what it is shown for.

use serde_json::json;

use super::options::descriptors;
use super::party::{Asked, Shown};
use super::{Assertion, Flaw, PasskeyError, Purpose, RequestOptions, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::identity::factors::person;
use crate::identity::users::store::Place;
use crate::identity::{FactorError, Identity, Principal};
use crate::store::{Connection, Result};

impl Identity {
    /// What a browser needs to sign somebody in with a passkey and nothing else. Nothing is stored by it.
    ///
    /// # Errors
    /// If the service does not know its own address.
    pub fn ask_for_passkey(&self) -> std::result::Result<RequestOptions, PasskeyError> {
        self.request_options(&Purpose::alone(), Vec::new(), self.now())?.ok_or(PasskeyError::Off)
    }

    /// What a browser needs so that the caller, who is in, shows one of theirs once more.
    ///
    /// # Errors
    /// If they have none, or the service does not know its own address; if the database fails.
    pub async fn ask_for_own_passkey(&self, caller: &Principal) -> std::result::Result<RequestOptions, PasskeyError> {
        let (place, now) = (person(caller)?, self.now());
        let purpose = Purpose::showing(&place, caller.session.as_deref());
        let own = self.0.parts.database.read(move |connection| store::list(connection, &place)).await?;
        if own.is_empty() {
            return Err(FactorError::Missing.into());
        }
        self.request_options(&purpose, descriptors(own), now)?.ok_or(PasskeyError::Off)
    }

    /// What a browser needs so that somebody answers with one of theirs what they are asked after their password; nothing if
    /// they have none.
    pub(in crate::identity) fn passkeys_that_answer(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        purpose: &Purpose,
        now: Timestamp,
    ) -> Result<Option<RequestOptions>> {
        let own = store::list(connection, place)?;
        if own.is_empty() {
            return Ok(None);
        }
        let options = self.request_options(purpose, descriptors(own), now);
        options.map_err(|error| crate::store::Error::Failed(error.to_string()))
    }

    /// Whether this user has shown one of theirs, for this. The challenge is used up by then. One that has signed less often
    /// than before is a copy, or the one from before is: it is refused, and that is on record.
    pub(in crate::identity) fn has_shown_passkey(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        answer: &Assertion,
        purpose: &Purpose,
        now: Timestamp,
    ) -> Result<bool> {
        let is_theirs = |stored: &store::Stored| stored.place == *place;
        let Some(stored) = store::find(connection, &answer.credential)?.filter(is_theirs) else { return Ok(false) };
        let (shown, until) = match self.holds(&stored, answer, purpose, now) {
            Ok(verified) => verified,
            Err(flaw) => {
                tracing::info!(user.id = %place.id, %flaw, "a passkey of {} was not accepted: {flaw}", place.id);
                return Ok(false);
            }
        };
        if !store::use_challenge(connection, &shown.challenge, until, now)? {
            return Ok(false);
        }
        if store::record_use(connection, &stored, shown.counter, shown.is_copied, now)? {
            return Ok(true);
        }
        let (id, told) = (&stored.id, json!({ "counter": shown.counter, "counter_before": stored.counter }));
        tracing::warn!(user.id = %place.id, passkey = %id, "a passkey of {} has been copied: {id}", place.id);
        let entry = Entry { workspace: place.workspace, at: now, principal: &place.id, action: "passkey.copied" };
        entry.write(connection, id, &told).map(|()| false)
    }

    fn holds(
        &self,
        stored: &store::Stored,
        answer: &Assertion,
        purpose: &Purpose,
        now: Timestamp,
    ) -> std::result::Result<(Shown, Timestamp), Flaw> {
        let party = self.0.party.get().ok_or(Flaw::Party)?;
        let shown = party.shown(stored, answer, Asked { alone: *purpose == Purpose::alone() })?;
        let until = self.0.challenger.good_until(&shown.challenge, purpose, now).ok_or(Flaw::Challenge)?;
        Ok((shown, until))
    }
}
