//! Enrolling, confirming and removing one's second factor.

use std::time::Duration;

use serde_json::{Value, json};

use super::{FactorError, FactorStatus, NewFactor, Proof, prove, recovery, store, totp};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::identity::key::Fingerprint;
use crate::identity::passkeys::{Purpose, store as passkeys};
use crate::identity::passwords::Shown;
use crate::identity::transaction::Losers;
use crate::identity::users::lose;
use crate::identity::users::store::{self as users, Place};
use crate::identity::{Identity, Principal, PrincipalKind, UserError, devices, sessions};
use crate::store::Connection;

/// How long a factor waits to be confirmed.
const WAITING: Duration = Duration::from_secs(600);

/// How many codes may be wrong before the factor that waits for a right one is forgotten.
const MISTAKES: i64 = 5;

/// Recovery codes as they are told, once.
type Codes = Vec<Secret<String>>;

/// What is to be confirmed, and what is stored if it is.
struct Confirming {
    place: Place,
    code: Secret<String>,
    recovery_codes: Vec<Fingerprint>,
    /// The session that goes on.
    keep: Option<String>,
    now: Timestamp,
}

/// How confirming went.
enum Confirmed {
    /// It is the first factor: there are recovery codes from now on.
    First,
    /// There are others, and the recovery codes of before.
    Further,
    /// The code was wrong, and that is counted.
    Wrong,
}

impl Identity {
    /// Whether the caller has a second factor.
    ///
    /// # Errors
    /// If the caller is a program; if the database fails.
    pub async fn factor_status(&self, caller: &Principal) -> Result<FactorStatus, FactorError> {
        let (place, identity) = (person(caller)?, self.clone());
        let read = move |connection: &mut dyn Connection| {
            let since = store::find(connection, &place)?.and_then(|stored| stored.confirmed_at);
            let recovery_codes_left = store::recovery_codes_left(connection, &place)?;
            let passkeys = passkeys::count(connection, &place)?;
            let found = users::find(connection, place.workspace, &place.id)?;
            let is_required = match found {
                Some(found) => identity.must_have_factor(connection, place.workspace, &found.user)?,
                None => false,
            };
            Ok(FactorStatus { since, recovery_codes_left, passkeys, is_required })
        };
        Ok(self.0.parts.database.read(read).await?)
    }

    /// Begins to enrol: the secret for the caller's app, which does nothing until a code confirms that it arrived there.
    /// Whoever got hold of a session must not be able to bind somebody's account to an app of theirs, so it takes the
    /// password, and a passkey or recovery code of who has passkeys.
    ///
    /// # Errors
    /// If the password or the proof is wrong, there is an app already, or a passkey that was not shown; if the database fails.
    pub async fn begin_factor(
        &self,
        caller: &Principal,
        password: Secret<String>,
        proof: Option<Proof>,
    ) -> Result<NewFactor, FactorError> {
        let place = person(caller)?;
        let shown = self.show_password(&place, password).await?;
        let owner = place.clone();
        let had_passkeys = self.0.parts.database.read(move |connection| passkeys::count(connection, &owner)).await? > 0;
        if had_passkeys {
            self.show_factor_of_who_has_one(caller, proof).await?;
        }
        let mut secret = [0; totp::SECRET];
        self.0.parts.entropy.fill(&mut secret)?;
        let (issuer, now) = (self.0.parts.name, self.now());
        let (told, uri) = (totp::spelled(&secret), totp::uri(issuer, &shown.user.email, &secret));
        let sealed = self.0.parts.sealer.seal(&prove::purpose(&place), &secret)?;
        let begin = move |connection: &mut dyn Connection, _: &mut Losers| {
            // Registered by another session meanwhile: then it was not shown.
            if !had_passkeys && passkeys::count(connection, &place)? > 0 {
                return Err(FactorError::ProofNeeded);
            }
            if !store::begin(connection, &place, &sealed, now)? {
                return Err(FactorError::Exists);
            }
            Ok(record(connection, &place, "factor.enrol", now, &json!({}))?)
        };
        self.settle_by_password(caller, Some(shown), begin).await?;
        Ok(NewFactor { secret: Secret::new(told), uri: Secret::new(uri), expires_at: now.plus(WAITING) })
    }

    /// Confirms with a code that the secret has arrived in the app. From now on it is asked for. Other sessions end: who has
    /// them came in without it. There are recovery codes if it is the first factor; those of who has passkeys go on.
    ///
    /// # Errors
    /// If no factor waits, the code is wrong, or too many were; if the database fails.
    pub async fn confirm_factor(&self, caller: &Principal, code: Secret<String>) -> Result<Codes, FactorError> {
        let (place, now) = (person(caller)?, self.now());
        let (codes, fingerprints) = self.new_recovery_codes(&place)?;
        let attempt = self.0.gate.again("factor", &place).await?;
        let (identity, keep) = (self.clone(), caller.session.clone());
        let confirming = Confirming { place, code, recovery_codes: fingerprints, keep, now };
        let confirm = move |connection: &mut dyn Connection, losers: &mut Losers| {
            identity.confirm(connection, &confirming, losers)
        };
        match self.settle(caller, caller.workspace, confirm).await {
            Ok(Confirmed::Wrong) => {
                attempt.failed().await;
                Err(FactorError::Wrong)
            }
            Ok(confirmed) => {
                attempt.succeeded().await;
                Ok(if matches!(confirmed, Confirmed::First) { codes } else { Vec::new() })
            }
            Err(error) => {
                attempt.not_made().await;
                Err(error)
            }
        }
    }

    fn confirm(
        &self,
        connection: &mut dyn Connection,
        Confirming { place, code, recovery_codes, keep, now }: &Confirming,
        losers: &mut Losers,
    ) -> Result<Confirmed, FactorError> {
        let waits = |stored: &store::Stored| stored.confirmed_at.is_none() && *now < stored.created_at.plus(WAITING);
        let stored = store::find(connection, place)?.filter(waits).ok_or(FactorError::Missing)?;
        let secret = prove::opened(&self.0.parts.sealer, place, &stored)?;
        let Some(step) = totp::step_of(secret.expose(), code.expose(), *now, stored.last_step) else {
            if store::mistake(connection, place, &stored, MISTAKES)? {
                record(connection, place, "factor.forget", *now, &json!({ "wrong_codes": MISTAKES }))?;
            }
            return Ok(Confirmed::Wrong);
        };
        let is_first = !self.has_factor(connection, place)?;
        if !store::confirm(connection, place, &stored, step, *now)? {
            return Err(FactorError::Missing);
        }
        if is_first {
            store::put_recovery_codes(connection, place, recovery_codes)?;
        }
        sessions::store::end_others(connection, place, keep.as_deref(), *now)?;
        losers.add(&place.id);
        let told = if is_first { recovery_codes.len() } else { 0 };
        record(connection, place, "factor.confirm", *now, &json!({ "recovery_codes": told }))?;
        Ok(if is_first { Confirmed::First } else { Confirmed::Further })
    }

    /// New recovery codes, in place of all of before.
    ///
    /// # Errors
    /// If the proof is wrong, or there were too many wrong ones; if the database fails.
    pub async fn renew_recovery_codes(&self, caller: &Principal, proof: Proof) -> Result<Codes, FactorError> {
        let (place, now) = (person(caller)?, self.now());
        let (codes, fingerprints) = self.new_recovery_codes(&place)?;
        let also = move |connection: &mut dyn Connection, place: &Place| {
            store::put_recovery_codes(connection, place, &fingerprints)?;
            record(connection, place, "recovery.regenerate", now, &json!({ "recovery_codes": fingerprints.len() }))
        };
        self.show_factor(caller, None, proof, also).await?;
        Ok(codes)
    }

    /// Removes the caller's app, and their recovery codes if they have no passkey either. Who is only in by a session cannot: it takes the password and the factor.
    ///
    /// # Errors
    /// If the password or the proof is wrong, there were too many wrong ones, or there is no factor; if the database fails.
    pub async fn remove_factor(
        &self,
        caller: &Principal,
        password: Secret<String>,
        proof: Proof,
    ) -> Result<(), FactorError> {
        let (place, now) = (person(caller)?, self.now());
        let shown = self.show_password(&place, password).await?;
        let owner = place.clone();
        let has_app = self.0.parts.database.read(move |connection| store::find(connection, &owner)).await?;
        if has_app.is_none_or(|stored| stored.confirmed_at.is_none()) {
            return Err(FactorError::Missing);
        }
        let also = move |connection: &mut dyn Connection, place: &Place| {
            store::delete_app(connection, place)?;
            if passkeys::count(connection, place)? == 0 {
                store::delete_recovery_codes(connection, place)?;
            }
            record(connection, place, "factor.remove", now, &json!({}))
        };
        self.show_factor(caller, Some(shown), proof, also).await
    }

    /// Removes all factors of somebody who has lost them and the recovery codes, ends their sessions and forgets their devices. Says
    /// whether they had one.
    ///
    /// # Errors
    /// If there is no such user, they may more than the maker, or the maker came by a key that expires; if the database
    /// fails.
    pub async fn reset_factor(&self, maker: &Principal, id: &str) -> Result<bool, UserError> {
        if maker.key_ends_at().is_some() {
            return Err(UserError::Outlives);
        }
        let (now, by) = (self.now(), maker.id.clone());
        let reset = move |connection: &mut dyn Connection, place: &Place, _: &users::Stored, losers: &mut Losers| {
            sessions::store::end_all(connection, place, now)?;
            let had_one = store::delete(connection, place)?;
            devices::store::delete_all(connection, place)?;
            lose(connection, place.workspace, &place.id, losers)?;
            let entry = Entry { workspace: place.workspace, at: now, principal: &by, action: "factor.reset" };
            entry.write(connection, &place.id, &json!({ "had_one": had_one }))?;
            Ok(had_one)
        };
        self.change(maker, id, reset).await
    }

    /// Lets the caller show a factor, if they have one; whether they have.
    pub(in crate::identity) async fn show_factor_of_who_has_one(
        &self,
        caller: &Principal,
        proof: Option<Proof>,
    ) -> Result<bool, FactorError> {
        let (place, identity) = (person(caller)?, self.clone());
        if !self.0.parts.database.read(move |connection| identity.has_factor(connection, &place)).await? {
            return Ok(false);
        }
        let proof = proof.ok_or(FactorError::ProofNeeded)?;
        self.show_factor(caller, None, proof, |_, _| Ok(())).await.map(|()| true)
    }

    /// Lets somebody who is in show a factor, and does something in the same transaction, by the password that they have shown
    /// as well, if it takes one.
    pub(in crate::identity) async fn show_factor(
        &self,
        caller: &Principal,
        shown: Option<Shown>,
        proof: Proof,
        also: impl FnOnce(&mut dyn Connection, &Place) -> crate::store::Result<()> + Send + 'static,
    ) -> Result<(), FactorError> {
        let (place, now) = (person(caller)?, self.now());
        let proof = (proof, Purpose::showing(&place, caller.session.as_deref()));
        let attempt = self.0.gate.again("factor", &place).await?;
        let identity = self.clone();
        let show = move |connection: &mut dyn Connection, losers: &mut Losers| {
            if !identity.has_factor(connection, &place)? {
                return Ok(Err(FactorError::Missing));
            }
            // Without a factor they may have to enrol again, on every node.
            losers.add(&place.id);
            users::hold(connection, &place)?;
            // What was shown is used up, also if it is wrong.
            if identity.prove(connection, &place, &proof, now)?.is_none() {
                return Ok(Err(FactorError::Wrong));
            }
            also(connection, &place)?;
            Ok(Ok(()))
        };
        match self.settle_by_password(caller, shown, show).await {
            Ok(Ok(())) => attempt.succeeded().await,
            Ok(Err(error)) => {
                attempt.failed().await;
                return Err(error);
            }
            Err(error) => {
                attempt.not_made().await;
                return Err(error);
            }
        }
        Ok(())
    }

    pub(in crate::identity) fn new_recovery_codes(
        &self,
        place: &Place,
    ) -> Result<(Codes, Vec<Fingerprint>), FactorError> {
        let codes = recovery::make(self.0.parts.entropy.as_ref())?;
        let fingerprints = codes.iter().filter_map(|code| recovery::fingerprint(place, code.expose())).collect();
        Ok((codes, fingerprints))
    }
}

/// Where the caller is, if it is somebody who has signed in.
pub(in crate::identity) fn person(caller: &Principal) -> Result<Place, FactorError> {
    if caller.kind != PrincipalKind::User {
        return Err(FactorError::Program);
    }
    Ok(Place { workspace: caller.workspace, id: caller.id.clone() })
}

fn record(
    connection: &mut dyn Connection,
    place: &Place,
    action: &'static str,
    at: Timestamp,
    detail: &Value,
) -> crate::store::Result<()> {
    Entry { workspace: place.workspace, at, principal: &place.id, action }.write(connection, &place.id, detail)
}
