//! Listing people, changing what they may, disabling and deleting them.

use serde_json::{Value, json};

use super::invite::distinct;
use super::store::{self, Place};
use super::{Invited, Status, Ticket, User, UserError, lose};
use crate::audit::Entry;
use crate::identity::authority::Without;
use crate::identity::made::{given, let_in};
use crate::identity::mail::Envelope;
use crate::identity::store as keys;
use crate::identity::transaction::Losers;
use crate::identity::{Identity, Permissions, Principal, devices, factors, roles, services, sessions};
use crate::store::Connection;

/// What has been done with a user, for the record.
type Done = (&'static str, Value);

impl Identity {
    /// A ticket for somebody who has forgotten their password, or lost their invitation. Their password works until they
    /// take it up.
    ///
    /// # Errors
    /// If there is no such user, or they may more than the maker; if the database fails.
    pub async fn new_start(&self, maker: &Principal, id: &str) -> Result<(User, Ticket), UserError> {
        let Invited { user, ticket, .. } = self.start_anew(maker, id, Envelope::none()).await?;
        Ok((user, ticket))
    }

    /// The same, and writes to them.
    pub(in crate::identity) async fn start_anew(
        &self,
        maker: &Principal,
        id: &str,
        envelope: Envelope,
    ) -> Result<Invited, UserError> {
        let (ticket, fingerprint) = self.new_ticket(self.now())?;
        let (by, now) = (maker.clone(), self.now());
        self.change(maker, id, move |connection, place, stored, _| {
            store::put_ticket(connection, place, &fingerprint, (now, ticket.expires_at), Some(&by))?;
            let is_mailed = envelope.post(connection, place, &stored.user, &ticket)?;
            let entry = Entry { workspace: place.workspace, at: now, principal: &by.id, action: "user.ticket" };
            entry.write(connection, &place.id, &json!({}))?;
            Ok(Invited { user: stored.user.clone(), ticket, is_mailed })
        })
        .await
    }

    /// Lets somebody sign in no more, and ends their sessions; or lets them again. Their API keys do nothing meanwhile.
    ///
    /// # Errors
    /// If there is no such user, they may more than the maker, nobody else may everything, or a key that expires would enable
    /// them; if the database fails.
    pub async fn set_disabled(&self, maker: &Principal, id: &str, disabled: bool) -> Result<User, UserError> {
        let (identity, by, now) = (self.clone(), maker.clone(), self.now());
        self.alter(maker, id, move |connection, place, stored, losers| {
            if !disabled {
                if stored.user.status == Status::Disabled {
                    if by.key_ends_at().is_some() {
                        return Err(UserError::Outlives);
                    }
                    let status = if stored.password.is_some() { Status::Active } else { Status::Invited };
                    store::set_status(connection, place, status)?;
                    let_in::note_enabled(connection, place, &by, now)?;
                }
                return Ok(("user.enable", json!({})));
            }
            identity.leaves_somebody(connection, place, &stored.user)?;
            identity.disable(connection, place, losers)?;
            Ok(("user.disable", json!({})))
        })
        .await
    }

    /// Gives somebody other roles.
    ///
    /// # Errors
    /// If there is no such user or role, either may more than the maker, nobody else may everything, or the user would come
    /// to more, or go without a second factor, by a key that expires; if the database fails.
    pub async fn set_roles(&self, maker: &Principal, id: &str, roles: Vec<String>) -> Result<User, UserError> {
        let (identity, by, roles, now) = (self.clone(), maker.clone(), distinct(roles)?, self.now());
        self.alter(maker, id, move |connection, place, stored, losers| {
            let granted = identity.may_grant(connection, &by, place.workspace, &roles)?;
            if !by.may_widen(&identity.permissions_of(connection, place.workspace, &stored.user.roles)?, &granted) {
                return Err(UserError::Outlives);
            }
            let after = User { roles: roles.clone(), ..stored.user.clone() };
            identity.keeps_factor(connection, &by, (&stored.user, &after))?;
            if granted != Permissions::Every {
                identity.leaves_somebody(connection, place, &stored.user)?;
            }
            store::set_roles(connection, place, &roles)?;
            given::ROLES.note(connection, place, (&stored.user.roles, &roles), (&by, now))?;
            lose(connection, place.workspace, &place.id, losers)?;
            Ok(("user.roles", json!({ "before": stored.user.roles, "roles": roles })))
        })
        .await
    }

    /// Takes somebody away with their sessions, and revokes the API keys that are theirs. The service accounts that they
    /// are asked about become those of `heir`.
    ///
    /// # Errors
    /// If there is no such user, they may more than the maker, nobody else may everything, they have service accounts and
    /// no heir, or the heir cannot sign in; if the database fails.
    pub async fn delete_user(&self, maker: &Principal, id: &str, heir: Option<String>) -> Result<User, UserError> {
        let identity = self.clone();
        self.alter(maker, id, move |connection, place, stored, losers| {
            identity.leaves_somebody(connection, place, &stored.user)?;
            let services = hand_over(connection, place, heir.as_deref())?;
            let now = identity.now();
            identity.end_all(connection, place, losers)?;
            let owned = keys::list_of_owner(connection, place.workspace, &place.id)?;
            for key in &owned {
                keys::revoke(connection, place.workspace, key, now)?;
            }
            factors::store::delete(connection, place)?;
            devices::store::delete_all(connection, place)?;
            store::delete(connection, place)?;
            Ok(("user.delete", json!({ "reassigned_to": heir, "services": services, "keys": owned })))
        })
        .await
    }

    /// Those of the principal's workspace with an id after this one, at most so many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_users(&self, principal: &Principal, after: &str, most: usize) -> crate::store::Result<Vec<User>> {
        let (workspace, after) = (principal.workspace, after.to_owned());
        self.0.parts.database.read(move |connection| store::page(connection, workspace, &after, most)).await
    }

    /// Whoever signs in with this address, if they are in the principal's workspace.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn find_user_by_email(&self, principal: &Principal, email: &str) -> crate::store::Result<Option<User>> {
        let (workspace, email) = (principal.workspace, email.trim().to_lowercase());
        let found = self.0.parts.database.read(move |connection| store::find_by_email(connection, workspace, &email));
        Ok(found.await?.map(|found| found.user))
    }

    /// Somebody in the principal's workspace.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn find_user(&self, principal: &Principal, id: &str) -> crate::store::Result<Option<User>> {
        let (workspace, id) = (principal.workspace, id.to_owned());
        let found = self.0.parts.database.read(move |connection| store::find(connection, workspace, &id)).await?;
        Ok(found.map(|found| found.user))
    }

    /// Does something with a user of the maker's workspace who may no more than the maker, in one transaction.
    pub(in crate::identity) async fn change<T: Send + 'static>(
        &self,
        asked: &Principal,
        id: &str,
        work: impl FnOnce(&mut dyn Connection, &Place, &store::Stored, &mut Losers) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, UserError> {
        let place = Place { workspace: asked.workspace, id: id.to_owned() };
        let (identity, maker) = (self.clone(), asked.clone());
        self.settle(asked, asked.workspace, move |connection, losers| {
            let stored = store::find(connection, place.workspace, &place.id)?.ok_or(UserError::NotFound)?;
            let permissions = identity.permissions_of(connection, place.workspace, &stored.user.roles)?;
            if !maker.permissions.cover(&permissions) {
                return Err(UserError::TooMuch);
            }
            work(connection, &place, &stored, losers)
        })
        .await
    }

    /// [Changes](Self::change) a user, puts that on record, and says how they are afterwards (or were before, if they are
    /// no more).
    async fn alter(
        &self,
        maker: &Principal,
        id: &str,
        work: impl FnOnce(&mut dyn Connection, &Place, &store::Stored, &mut Losers) -> Result<Done, UserError>
        + Send
        + 'static,
    ) -> Result<User, UserError> {
        let (by, now) = (maker.id.clone(), self.now());
        self.change(maker, id, move |connection, place, stored, losers| {
            let (action, detail) = work(connection, place, stored, losers)?;
            let entry = Entry { workspace: place.workspace, at: now, principal: &by, action };
            entry.write(connection, &place.id, &detail)?;
            let found = store::find(connection, place.workspace, &place.id)?;
            Ok(found.map_or_else(|| stored.user.clone(), |found| found.user))
        })
        .await
    }

    /// Lets somebody sign in no more.
    pub(in crate::identity) fn disable(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        losers: &mut Losers,
    ) -> crate::store::Result<()> {
        store::set_status(connection, place, Status::Disabled)?;
        self.end_all(connection, place, losers)
    }

    /// Ends all that lets somebody be who they are, and the tickets that they have issued.
    fn end_all(&self, connection: &mut dyn Connection, place: &Place, losers: &mut Losers) -> crate::store::Result<()> {
        sessions::store::end_all(connection, place, self.now())?;
        store::take_back_issued(connection, place.workspace, &place.id)?;
        for key in keys::list_of_owner(connection, place.workspace, &place.id)? {
            store::take_back_issued(connection, place.workspace, &key)?;
        }
        lose(connection, place.workspace, &place.id, losers)
    }

    /// Whether one of the user's roles asks for a second factor: the operators say so of roles that every workspace has,
    /// and whoever makes a role says so of that.
    pub(in crate::identity) fn must_have_factor(
        &self,
        connection: &mut dyn Connection,
        workspace: i64,
        user: &User,
    ) -> crate::store::Result<bool> {
        self.need_factor(connection, workspace, &user.roles)
    }

    /// The same of roles that nobody has together.
    pub(in crate::identity) fn need_factor(
        &self,
        connection: &mut dyn Connection,
        workspace: i64,
        roles: &[String],
    ) -> crate::store::Result<bool> {
        for role in roles {
            let named = self.0.factor_required_for.contains(role);
            if named || roles::store::find(connection, workspace, role)?.is_some_and(|role| role.factor_required) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Refuses other roles by a key that expires to who needs a second factor before, and would need none after.
    fn keeps_factor(
        &self,
        connection: &mut dyn Connection,
        by: &Principal,
        (before, after): (&User, &User),
    ) -> Result<(), UserError> {
        let is_loosened = by.key_ends_at().is_some()
            && self.must_have_factor(connection, by.workspace, before)?
            && !self.must_have_factor(connection, by.workspace, after)?;
        if is_loosened { Err(UserError::Outlives) } else { Ok(()) }
    }

    /// Refuses to take away the last who may everything.
    fn leaves_somebody(&self, connection: &mut dyn Connection, but: &Place, user: &User) -> Result<(), UserError> {
        if user.status != Status::Active
            || self.permissions_of(connection, but.workspace, &user.roles)? != Permissions::Every
        {
            return Ok(());
        }
        let without = Without { user: Some(&but.id), ..Without::default() };
        if self.has_administrator(connection, but.workspace, without)? { Ok(()) } else { Err(UserError::Last) }
    }
}

/// Gives a user's service accounts to somebody else; how many.
fn hand_over(connection: &mut dyn Connection, from: &Place, heir: Option<&str>) -> Result<u64, UserError> {
    let Some(heir) = heir else {
        let owned = services::store::count_of_owner(connection, from)?;
        return if owned == 0 { Ok(0) } else { Err(UserError::Owns(owned)) };
    };
    let found = store::find(connection, from.workspace, heir)?;
    if heir == from.id || found.is_none_or(|found| found.user.status != Status::Active) {
        return Err(UserError::Heir);
    }
    Ok(services::store::reassign(connection, from, heir)?)
}
