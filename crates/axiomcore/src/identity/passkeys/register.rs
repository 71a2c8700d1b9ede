//! Making a passkey, in two moves: what the browser is to ask the device for, and what the device answers.

use serde_json::json;

use super::challenge::Standing;
use super::options::descriptors;
use super::party::{Registered, handle};
use super::{Attestation, CreationOptions, Flaw, MOST, NewPasskey, Party, Passkey, PasskeyError, Purpose, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::identity::factors::{person, store as factors};
use crate::identity::key::{Fingerprint, hex};
use crate::identity::transaction::Losers;
use crate::identity::users::is_name;
use crate::identity::users::store::{self as users, Place};
use crate::identity::{Identity, Principal, Proof, sessions};
use crate::store::Connection;

/// What is to be stored.
struct Making {
    made: Registered,
    passkey: Passkey,
    recovery_codes: Vec<Fingerprint>,
    /// The session that goes on.
    keep: Option<String>,
    now: Timestamp,
}

impl Identity {
    /// Begins to register a passkey of the caller's. It takes the password, and a factor of who has one: a session that was
    /// stolen is not enough to bind an account to another's device.
    ///
    /// # Errors
    /// If the password or the proof is wrong or missing, there are as many passkeys as there may be, or the service does not
    /// know its own address; if the database fails.
    pub async fn begin_passkey(
        &self,
        caller: &Principal,
        password: Secret<String>,
        proof: Option<Proof>,
    ) -> Result<CreationOptions, PasskeyError> {
        let (place, party, now) = (person(caller)?, self.party()?, self.now());
        let shown = self.show_password(&place, password).await?;
        let has_shown_factor = self.show_factor_of_who_has_one(caller, proof).await?;
        let owner = place.clone();
        let read = move |connection: &mut dyn Connection| {
            Ok((store::list(connection, &owner)?, factors_of(connection, &owner)?))
        };
        let (existing, (app_since, passkeys)) = self.0.parts.database.read(read).await?;
        if existing.len() >= MOST {
            return Err(PasskeyError::TooMany);
        }
        // What was shown, not what there is by now: of another password, or of a first factor that has come meanwhile, the
        // caller knows nothing.
        let standing = match has_shown_factor {
            true => Standing::of(shown.hash(), app_since, &passkeys),
            false => Standing::of(shown.hash(), None, &[]),
        };
        let purpose = Purpose::making(&place, caller.session.as_deref(), &standing);
        let challenge = self.0.challenger.make(&purpose, now, self.0.parts.entropy.as_ref())?;
        let lasting = self.0.challenger.lasting();
        Ok(CreationOptions {
            challenge,
            domain: party.id.clone(),
            service: party.name,
            user_handle: handle(&place),
            email: shown.user.email,
            name: shown.user.name,
            existing: descriptors(existing),
            lasting,
            expires_at: now.plus(lasting),
        })
    }

    /// Registers what the device has made. It can be shown from now on, and is asked for after the password. If it is the
    /// caller's first factor there are recovery codes, and other sessions end: who has them came in without it. What was
    /// begun with another password or other factors than there are now is not registered.
    ///
    /// # Errors
    /// If what the device says is not accepted, it is registered already, there are too many or it has no name; if the
    /// database fails.
    pub async fn finish_passkey(
        &self,
        caller: &Principal,
        name: &str,
        answer: Attestation,
    ) -> Result<NewPasskey, PasskeyError> {
        let (place, party, now) = (person(caller)?, self.party()?, self.now());
        if !is_name(name) {
            return Err(PasskeyError::Name);
        }
        let made = party.registered(&answer)?;
        let mut id = [0; 8];
        self.0.parts.entropy.fill(&mut id)?;
        let (name, is_synced) = (name.trim().to_owned(), made.passkey.is_copied);
        let passkey = Passkey { id: hex(&id), name, created_at: now, last_used_at: None, is_synced };
        let (codes, recovery_codes) = self.new_recovery_codes(&place)?;
        let keep = caller.session.clone();
        let making = Making { made, passkey: passkey.clone(), recovery_codes, keep, now };
        let identity = self.clone();
        let register = move |connection: &mut dyn Connection, losers: &mut Losers| {
            losers.add(&place.id);
            identity.register(connection, &place, &making)
        };
        let is_first = self.settle(caller, caller.workspace, register).await?;
        Ok(NewPasskey { passkey, recovery_codes: if is_first { codes } else { Vec::new() } })
    }

    /// Whether it is the first factor.
    fn register(&self, connection: &mut dyn Connection, place: &Place, making: &Making) -> Result<bool, PasskeyError> {
        let Making { made, passkey, recovery_codes, keep, now } = making;
        users::hold(connection, place)?;
        let purpose = Purpose::making(place, keep.as_deref(), &standing(connection, place)?);
        let until = self.0.challenger.good_until(&made.challenge, &purpose, *now).ok_or(Flaw::Challenge)?;
        if !store::use_challenge(connection, &made.challenge, until, *now)? {
            return Err(Flaw::Challenge.into());
        }
        if store::count(connection, place)? >= MOST {
            return Err(PasskeyError::TooMany);
        }
        let is_first = !self.has_factor(connection, place)?;
        if !store::insert(connection, place, passkey, &made.passkey)? {
            return Err(PasskeyError::Exists);
        }
        factors::delete_begun(connection, place)?;
        if is_first {
            factors::put_recovery_codes(connection, place, recovery_codes)?;
            sessions::store::end_others(connection, place, keep.as_deref(), *now)?;
        }
        let entry = Entry { workspace: place.workspace, at: *now, principal: &place.id, action: "passkey.register" };
        entry.write(connection, &passkey.id, &json!({ "name": passkey.name, "first_factor": is_first }))?;
        Ok(is_first)
    }

    pub(super) fn party(&self) -> Result<&Party, PasskeyError> {
        self.0.party.get().ok_or(PasskeyError::Off)
    }
}

/// What the account rests on at the moment.
fn standing(connection: &mut dyn Connection, place: &Place) -> crate::store::Result<Standing> {
    let password = users::find(connection, place.workspace, &place.id)?.and_then(|found| found.password);
    let (app_since, passkeys) = factors_of(connection, place)?;
    Ok(Standing::of(&password.unwrap_or_default(), app_since, &passkeys))
}

/// Since when there is an app, and which passkeys there are.
fn factors_of(
    connection: &mut dyn Connection,
    place: &Place,
) -> crate::store::Result<(Option<Timestamp>, Vec<String>)> {
    let app_since = factors::find(connection, place)?.and_then(|stored| stored.confirmed_at);
    let passkeys = store::list(connection, place)?.into_iter().map(|(passkey, _)| passkey.id).collect();
    Ok((app_since, passkeys))
}
