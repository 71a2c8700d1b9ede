//! Inviting, listing, disabling and deleting people.

use super::email::address;
use super::store::{self, Place};
use super::{NewUser, Status, Ticket, User, UserError};
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::identity::key::{Fingerprint, hex};
use crate::identity::passwords::importable;
use crate::identity::role::together;
use crate::identity::{Identity, Key, Permissions, Principal, changes, devices, factors, sessions};
use crate::store::Connection;

/// What a ticket begins with, so that it is recognised.
pub(super) const TICKET: &str = "ticket_";

impl Identity {
    /// Invites somebody into the maker's workspace. The ticket is for them alone.
    ///
    /// # Errors
    /// If the address is taken, or the roles may more than the maker; if the database fails.
    pub async fn invite(&self, maker: &Principal, new: NewUser) -> Result<(User, Ticket), UserError> {
        let user = self.new_user(maker, new)?;
        let (ticket, fingerprint) = self.new_ticket(user.created_at)?;
        let (place, expires_at) = (Place { workspace: maker.workspace, id: user.id.clone() }, ticket.expires_at);
        let also =
            move |connection: &mut dyn Connection| store::put_ticket(connection, &place, &fingerprint, expires_at);
        Ok((self.insert_user(maker, user, also).await?, ticket))
    }

    /// Takes somebody over from elsewhere, with the hash of their password: they sign in as they are used to, and the
    /// hash is replaced by one of ours.
    ///
    /// # Errors
    /// As for [`invite`](Self::invite); if the hash is none that can be verified at a bearable cost.
    pub async fn import_user(&self, maker: &Principal, new: NewUser, hash: &Secret<String>) -> Result<User, UserError> {
        if !importable(hash.expose()) {
            return Err(UserError::Hash);
        }
        let user = User { status: Status::Active, ..self.new_user(maker, new)? };
        let (place, hash) = (Place { workspace: maker.workspace, id: user.id.clone() }, hash.clone());
        let also = move |connection: &mut dyn Connection| store::set_password(connection, &place, hash.expose());
        self.insert_user(maker, user, also).await
    }

    /// Who is invited, if the maker may.
    fn new_user(&self, maker: &Principal, NewUser { email, name, roles }: NewUser) -> Result<User, UserError> {
        let email = address(&email).ok_or(UserError::Email)?;
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err(UserError::Name);
        }
        self.may_grant(maker, &roles)?;
        let mut id = [0; 8];
        self.0.parts.entropy.fill(&mut id)?;
        let (id, created_by, created_at) = (format!("u{}", hex(&id)), maker.id.clone(), self.0.parts.clock.now());
        let (status, last_sign_in_at) = (Status::Invited, None);
        Ok(User { id, email, name, roles, status, created_at, created_by, last_sign_in_at })
    }

    async fn insert_user(
        &self,
        maker: &Principal,
        user: User,
        also: impl FnOnce(&mut dyn Connection) -> crate::store::Result<()> + Send + 'static,
    ) -> Result<User, UserError> {
        let workspace = maker.workspace;
        let insert = self.0.parts.database.write(move |connection| {
            store::insert(connection, workspace, &user)?;
            also(connection).map(|()| user)
        });
        insert.await.map_err(|error| match error {
            crate::store::Error::Conflict => UserError::Taken,
            other => other.into(),
        })
    }

    /// A ticket for somebody who has forgotten their password, or lost their invitation. Their password works until they
    /// take it up.
    ///
    /// # Errors
    /// If there is no such user, or they may more than the maker; if the database fails.
    pub async fn new_start(&self, maker: &Principal, id: &str) -> Result<Ticket, UserError> {
        let (ticket, fingerprint) = self.new_ticket(self.0.parts.clock.now())?;
        let expires_at = ticket.expires_at;
        self.change(maker, id, move |connection, place, _| {
            store::put_ticket(connection, place, &fingerprint, expires_at)?;
            Ok(())
        })
        .await?;
        Ok(ticket)
    }

    /// Lets somebody sign in no more, and ends their sessions; or lets them again.
    ///
    /// # Errors
    /// If there is no such user, they may more than the maker, or nobody else may everything; if the database fails.
    pub async fn set_disabled(&self, maker: &Principal, id: &str, disabled: bool) -> Result<(), UserError> {
        let identity = self.clone();
        self.change(maker, id, move |connection, place, stored| {
            if disabled {
                identity.leaves_somebody(connection, place, &stored.user)?;
                store::set_status(connection, place, Status::Disabled)?;
                sessions::store::end_all(connection, place, identity.0.parts.clock.now())?;
            } else if stored.user.status == Status::Disabled {
                let status = if stored.password.is_some() { Status::Active } else { Status::Invited };
                store::set_status(connection, place, status)?;
            }
            Ok(())
        })
        .await
    }

    /// Gives somebody other roles.
    ///
    /// # Errors
    /// If there is no such user or role, either may more than the maker, or nobody else may everything; if the database
    /// fails.
    pub async fn set_roles(&self, maker: &Principal, id: &str, roles: Vec<String>) -> Result<(), UserError> {
        let granted = self.may_grant(maker, &roles)?;
        let identity = self.clone();
        self.change(maker, id, move |connection, place, stored| {
            if granted != Permissions::Every {
                identity.leaves_somebody(connection, place, &stored.user)?;
            }
            store::set_roles(connection, place, &roles)?;
            Ok(())
        })
        .await
    }

    /// Takes somebody away with their sessions.
    ///
    /// # Errors
    /// If there is no such user, they may more than the maker, or nobody else may everything; if the database fails.
    pub async fn delete_user(&self, maker: &Principal, id: &str) -> Result<(), UserError> {
        let identity = self.clone();
        self.change(maker, id, move |connection, place, stored| {
            identity.leaves_somebody(connection, place, &stored.user)?;
            sessions::store::end_all(connection, place, identity.0.parts.clock.now())?;
            factors::store::delete(connection, place)?;
            devices::store::delete_all(connection, place)?;
            store::delete(connection, place)?;
            Ok(())
        })
        .await
    }

    /// Everybody in the principal's workspace.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_users(&self, principal: &Principal) -> crate::store::Result<Vec<User>> {
        let workspace = principal.workspace;
        self.0.parts.database.read(move |connection| store::list(connection, workspace)).await
    }

    /// Changes a user of the maker's workspace who may no more than the maker, in one transaction.
    pub(in crate::identity) async fn change<T: Send + 'static>(
        &self,
        maker: &Principal,
        id: &str,
        work: impl FnOnce(&mut dyn Connection, &Place, &store::Stored) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, UserError> {
        let place = Place { workspace: maker.workspace, id: id.to_owned() };
        let (identity, has) = (self.clone(), maker.permissions.clone());
        let changed = self.0.parts.database.write(move |connection| {
            crate::identity::store::lock_default_workspace(connection)?;
            let Some(stored) = store::find(connection, place.workspace, &place.id)? else {
                return Ok(Err(UserError::NotFound));
            };
            if !has.cover(&identity.permissions_of(&stored.user)) {
                return Ok(Err(UserError::TooMuch));
            }
            // What a refusal has written before is no more than the lock.
            let done = work(connection, &place, &stored);
            if done.is_ok() {
                changes::revoked(connection, place.workspace, &place.id, identity.now())?;
            }
            Ok(done)
        });
        let changed = changed.await?;
        self.0.cache.remove(maker.workspace, id);
        changed
    }

    /// What the roles may, if that is no more than the maker may.
    fn may_grant(&self, maker: &Principal, roles: &[String]) -> Result<Permissions, UserError> {
        let granted = together(self.0.parts.roles, roles.iter().map(String::as_str));
        let granted = granted.map_err(|name| UserError::Role(name.to_owned()))?;
        if maker.permissions.cover(&granted) { Ok(granted) } else { Err(UserError::TooMuch) }
    }

    /// What a user may. Roles that there are no more may nothing.
    pub(in crate::identity) fn permissions_of(&self, user: &User) -> Permissions {
        let known = |name: &&str| self.0.parts.roles.iter().any(|role| role.name == *name);
        let names = user.roles.iter().map(String::as_str).filter(known);
        together(self.0.parts.roles, names).unwrap_or_else(|_| Permissions::only(&[]))
    }

    /// Whether one of the user's roles asks for a second factor.
    pub(in crate::identity) fn must_have_factor(&self, user: &User) -> bool {
        user.roles.iter().any(|role| self.0.factor_required_for.contains(role))
    }

    /// Refuses to take away the last who may everything. Keys count as well: whoever has one can invite again.
    fn leaves_somebody(&self, connection: &mut dyn Connection, but: &Place, user: &User) -> Result<(), UserError> {
        if self.permissions_of(user) != Permissions::Every || user.status != Status::Active {
            return Ok(());
        }
        if self.has_administrator_but(connection, Some(but), None)? { Ok(()) } else { Err(UserError::Last) }
    }

    /// Whether anybody may everything, apart from this user or this key.
    pub(in crate::identity) fn has_administrator_but(
        &self,
        connection: &mut dyn Connection,
        user: Option<&Place>,
        key: Option<&str>,
    ) -> crate::store::Result<bool> {
        let now = self.0.parts.clock.now();
        let keys = crate::identity::store::list_all(connection)?;
        let opens_all = |one: &Key| one.permissions == Permissions::Every && one.works(now) && key != Some(&*one.id);
        if keys.iter().any(opens_all) {
            return Ok(true);
        }
        let is_administrator = |roles: &String| {
            let named = |name: &str| self.0.parts.roles.iter().find(|role| role.name == name);
            roles.split_whitespace().filter_map(named).any(|role| role.permissions() == Permissions::Every)
        };
        Ok(store::active_roles(connection, user)?.iter().any(is_administrator))
    }

    fn new_ticket(&self, now: Timestamp) -> Result<(Ticket, Fingerprint), UserError> {
        let mut secret = [0; 32];
        self.0.parts.entropy.fill(&mut secret)?;
        let text = Secret::new(format!("{TICKET}{}", hex(&secret)));
        let fingerprint = Fingerprint::of(text.expose());
        Ok((Ticket { text, expires_at: now.plus(self.0.ticket_time) }, fingerprint))
    }
}
