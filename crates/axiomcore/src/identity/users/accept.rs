//! Choosing a password: with a ticket, or with the password of before.

use super::store::{self, Place};
use super::{User, UserError};
use crate::config::Secret;
use crate::identity::key::Fingerprint;
use crate::identity::passwords::{self, Verdict};
use crate::identity::{Identity, Principal, changes, devices, sessions};
use crate::store::Connection;

impl Identity {
    /// Takes up an invitation, or a new start: from now on this is the user's password. Sessions of before end.
    ///
    /// # Errors
    /// If the ticket is none, the password not good enough, or too many are being hashed; if the database fails. The
    /// ticket is then as good as before.
    pub async fn accept(&self, ticket: &str, password: Secret<String>) -> Result<User, UserError> {
        let (fingerprint, now) = (Fingerprint::of(ticket), self.0.parts.clock.now());
        let found = self.0.parts.database.read(move |connection| {
            let place = store::find_ticket(connection, &fingerprint, now)?;
            place.map_or(Ok(None), |place| store::find(connection, place.workspace, &place.id))
        });
        let stored = found.await?.ok_or(UserError::Ticket)?;
        let hash = self.hash_for(&stored.user, password).await?;
        let place = Place { workspace: stored.workspace, id: stored.user.id.clone() };
        let taken = self.0.parts.database.write(move |connection| {
            changes::revoked(connection, place.workspace, &place.id, now)?;
            if !store::take_ticket(connection, &fingerprint)? {
                return Ok(None);
            }
            store::set_password(connection, &place, &hash)?;
            sessions::store::end_all(connection, &place, now)?;
            devices::store::delete_all(connection, &place)?;
            store::find(connection, place.workspace, &place.id)
        });
        let user = taken.await?.ok_or(UserError::Ticket)?.user;
        self.0.cache.remove(stored.workspace, &user.id);
        Ok(user)
    }

    /// Changes the caller's own password. Their other sessions end.
    ///
    /// # Errors
    /// If the password of before is wrong, the new one not good enough, or too many are being hashed; if the database
    /// fails.
    pub async fn change_password(
        &self,
        caller: &Principal,
        old: Secret<String>,
        new: Secret<String>,
    ) -> Result<(), UserError> {
        let place = Place { workspace: caller.workspace, id: caller.id.clone() };
        let wanted = place.clone();
        let find = move |connection: &mut dyn Connection| store::find(connection, wanted.workspace, &wanted.id);
        let stored = self.0.parts.database.read(find).await?.ok_or(UserError::NotFound)?;
        if self.0.passwords.verify(old, stored.password).await? == Verdict::Wrong {
            return Err(UserError::Password);
        }
        let hash = self.hash_for(&stored.user, new).await?;
        let (keep, now) = (caller.session.clone(), self.0.parts.clock.now());
        let write = self.0.parts.database.write(move |connection| {
            changes::revoked(connection, place.workspace, &place.id, now)?;
            store::set_password(connection, &place, &hash)?;
            sessions::store::end_others(connection, &place, keep.as_deref(), now)
        });
        write.await?;
        self.0.cache.remove(caller.workspace, &caller.id);
        Ok(())
    }

    /// What is to be stored of a password that is good enough for this user.
    async fn hash_for(&self, user: &User, password: Secret<String>) -> Result<String, UserError> {
        let local = user.email.split('@').next().unwrap_or_default();
        let own = [user.email.as_str(), local, user.name.as_str()];
        passwords::check(password.expose(), self.0.password_length, self.0.password_algorithm, &own)?;
        Ok(self.0.passwords.hash(password).await?)
    }
}
