//! Inviting people, and taking them over from elsewhere.

use serde_json::json;

use super::email::address;
use super::store::{self, Place};
use super::{NewUser, Status, Ticket, USER, User, UserError, is_name};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::identity::key::{Fingerprint, hex};
use crate::identity::mail::Envelope;
use crate::identity::{Identity, Principal};
use crate::store::{Connection, Error};

/// What a ticket begins with, so that it is recognised.
const TICKET: &str = "ticket_";

/// Somebody with a ticket, which may be on its way to them.
pub(in crate::identity) struct Invited {
    pub(in crate::identity) user: User,
    pub(in crate::identity) ticket: Ticket,
    pub(in crate::identity) is_mailed: bool,
}

/// The most roles that somebody has.
const ROLES: usize = 20;

impl Identity {
    /// Invites somebody into the maker's workspace. The ticket is for them alone.
    ///
    /// # Errors
    /// If the address is taken, the roles may more than the maker, or the maker came by a key that expires; if the database
    /// fails.
    pub async fn invite(&self, maker: &Principal, new: NewUser) -> Result<(User, Ticket), UserError> {
        let Invited { user, ticket, .. } = self.invite_into(maker, maker.workspace, new, Envelope::none()).await?;
        Ok((user, ticket))
    }

    /// Invites somebody into this workspace, and writes to them. Whether the maker may reach into another than theirs has
    /// been asked before.
    pub(in crate::identity) async fn invite_into(
        &self,
        maker: &Principal,
        workspace: i64,
        new: NewUser,
        envelope: Envelope,
    ) -> Result<Invited, UserError> {
        let user = self.new_user(maker, new)?;
        let (ticket, fingerprint) = self.new_ticket(user.created_at)?;
        let (place, told, by) = (Place { workspace, id: user.id.clone() }, ticket.clone(), maker.clone());
        let also = move |connection: &mut dyn Connection, user: &User| {
            store::put_ticket(connection, &place, &fingerprint, (user.created_at, told.expires_at), Some(&by))?;
            envelope.post(connection, &place, user, &told)
        };
        let (user, is_mailed) = self.insert_user(maker, workspace, user, ("user.invite", also)).await?;
        Ok(Invited { user, ticket, is_mailed })
    }

    /// Takes somebody over from elsewhere, with the hash of their password: they sign in as they are used to, and the
    /// hash is replaced by one of ours.
    ///
    /// # Errors
    /// As for [`invite`](Self::invite); if the hash is none that can be verified at a bearable cost.
    pub async fn import_user(&self, maker: &Principal, new: NewUser, hash: &Secret<String>) -> Result<User, UserError> {
        self.0.passwords.takes_over(hash.expose())?;
        let user = User { status: Status::Active, ..self.new_user(maker, new)? };
        let (place, hash) = (Place { workspace: maker.workspace, id: user.id.clone() }, hash.clone());
        let also =
            move |connection: &mut dyn Connection, _: &User| store::set_password(connection, &place, hash.expose());
        let (user, ()) = self.insert_user(maker, maker.workspace, user, ("user.import", also)).await?;
        Ok(user)
    }

    /// Who is invited.
    fn new_user(&self, maker: &Principal, NewUser { email, name, roles }: NewUser) -> Result<User, UserError> {
        let email = address(&email).ok_or(UserError::Email)?;
        let name = name.trim().to_owned();
        if !is_name(&name) {
            return Err(UserError::Name);
        }
        let roles = distinct(roles)?;
        let mut id = [0; 8];
        self.0.parts.entropy.fill(&mut id)?;
        let (id, created_by, created_at) = (format!("{USER}{}", hex(&id)), maker.id.clone(), self.now());
        let (status, last_sign_in_at) = (Status::Invited, None);
        Ok(User { id, email, name, roles, status, created_at, created_by, last_sign_in_at })
    }

    async fn insert_user<T: Send + 'static>(
        &self,
        maker: &Principal,
        workspace: i64,
        user: User,
        (action, also): (
            &'static str,
            impl FnOnce(&mut dyn Connection, &User) -> crate::store::Result<T> + Send + 'static,
        ),
    ) -> Result<(User, T), UserError> {
        if maker.key_ends_at().is_some() {
            return Err(UserError::Outlives);
        }
        let (identity, by) = (self.clone(), maker.clone());
        self.settle(maker, workspace, move |connection, _| {
            identity.may_grant(connection, &by, workspace, &user.roles)?;
            store::insert(connection, workspace, &user, by.credential()).map_err(|error| match error {
                Error::Conflict => UserError::Taken,
                other => other.into(),
            })?;
            let also = also(connection, &user)?;
            let entry = Entry { workspace, at: user.created_at, principal: &by.id, action };
            entry.write(connection, &user.id, &json!({ "email": user.email, "roles": user.roles }))?;
            Ok((user, also))
        })
        .await
    }

    pub(super) fn new_ticket(&self, now: Timestamp) -> Result<(Ticket, Fingerprint), UserError> {
        let mut secret = [0; 32];
        self.0.parts.entropy.fill(&mut secret)?;
        let text = Secret::new(format!("{TICKET}{}", hex(&secret)));
        let fingerprint = Fingerprint::of(text.expose());
        Ok((Ticket { text, expires_at: now.plus(self.0.ticket_time) }, fingerprint))
    }
}

/// Each role once, in the order in which they were named, and not too many of them.
pub(super) fn distinct(roles: Vec<String>) -> Result<Vec<String>, UserError> {
    let mut named = Vec::new();
    for role in roles {
        // Roles are stored with blanks between them: what has one, or is nothing, is the name of none.
        if role.is_empty() || role.contains(char::is_whitespace) || named.len() == ROLES {
            return Err(UserError::Role(role));
        }
        if !named.contains(&role) {
            named.push(role);
        }
    }
    Ok(named)
}
