//! Choosing a password: with a ticket, or with the password of before.

use serde_json::json;

use super::store::{self, Place};
use super::{User, UserError, lose};
use crate::audit::Entry;
use crate::config::Secret;
use crate::identity::key::Fingerprint;
use crate::identity::made::let_in;
use crate::identity::mail::store as letters;
use crate::identity::passwords::{self, Unfit};
use crate::identity::{Identity, Principal, PrincipalKind, Status, devices, sessions};

impl Identity {
    /// Takes up an invitation, or a new start: from now on this is the user's password. Sessions of before end.
    ///
    /// # Errors
    /// If the ticket is none, the password not good enough, or too many are being hashed; if the database fails. The
    /// ticket is then as good as before.
    pub async fn accept(&self, ticket: &str, password: Secret<String>) -> Result<User, UserError> {
        let (fingerprint, now) = (Fingerprint::of(ticket), self.now());
        let found = self.0.parts.database.read(move |connection| {
            let place = store::find_ticket(connection, &fingerprint, now)?;
            place.map_or(Ok(None), |place| store::find(connection, place.workspace, &place.id))
        });
        // Somebody who is disabled keeps their ticket for when they are enabled again.
        let stored = found.await?.filter(|found| found.user.status != Status::Disabled).ok_or(UserError::Ticket)?;
        let hash = self.hash_for(&stored.user, password).await?;
        let place = Place { workspace: stored.workspace, id: stored.user.id.clone() };
        self.settle_for_anybody(stored.workspace, move |connection, losers| {
            let_in::note_ticket(connection, &fingerprint, now)?;
            if !store::take_ticket(connection, &fingerprint)? {
                return Err(UserError::Ticket);
            }
            letters::take_back(connection, &place)?;
            store::set_password(connection, &place, &hash)?;
            sessions::store::end_all(connection, &place, now)?;
            devices::store::delete_all(connection, &place)?;
            lose(connection, place.workspace, &place.id, losers)?;
            let entry =
                Entry { workspace: place.workspace, at: now, principal: &place.id, action: "user.ticket_accept" };
            entry.write(connection, &place.id, &json!({}))?;
            let user = store::find(connection, place.workspace, &place.id)?.map(|found| found.user);
            user.filter(|user| user.status == Status::Active).ok_or(UserError::Ticket)
        })
        .await
    }

    /// Changes the caller's own password. Their other sessions end, and all devices are forgotten but the one that the change
    /// was made with, if it is known and shown.
    ///
    /// # Errors
    /// If the caller is no person, the password of before is wrong or too many were, the new one is not good enough, or too
    /// many are being hashed; if the database fails.
    pub async fn change_password(
        &self,
        caller: &Principal,
        old: Secret<String>,
        new: Secret<String>,
        device: Option<Secret<String>>,
    ) -> Result<(), UserError> {
        if caller.kind != PrincipalKind::User {
            return Err(UserError::Nobody);
        }
        let place = Place { workspace: caller.workspace, id: caller.id.clone() };
        let is_same = passwords::are_same(old.expose(), new.expose());
        let shown = self.show_password(&place, old).await?;
        if is_same {
            return Err(Unfit::Same.into());
        }
        let hash = self.hash_for(&shown.user, new).await?;
        let (identity, keep, now) = (self.clone(), caller.session.clone(), self.now());
        self.settle_by_password(caller, Some(shown), move |connection, losers| {
            store::set_password(connection, &place, &hash)?;
            sessions::store::end_others(connection, &place, keep.as_deref(), now)?;
            let device = identity.device_of(connection, &place, &device, now)?;
            devices::store::delete_others(connection, &place, device.as_ref().map(|device| &*device.id))?;
            lose(connection, place.workspace, &place.id, losers)?;
            let entry =
                Entry { workspace: place.workspace, at: now, principal: &place.id, action: "user.password_change" };
            Ok(entry.write(connection, &place.id, &json!({}))?)
        })
        .await
    }

    /// What is to be stored of a password that is good enough for this user.
    async fn hash_for(&self, user: &User, password: Secret<String>) -> Result<String, UserError> {
        let local = user.email.split('@').next().unwrap_or_default();
        let own = [user.email.as_str(), local, user.name.as_str()];
        passwords::check(password.expose(), self.0.password_length, self.0.password_algorithm, &own)?;
        Ok(self.0.passwords.hash(password).await?)
    }
}
