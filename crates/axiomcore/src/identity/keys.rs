//! Making, listing and revoking API keys.

use serde_json::json;

use super::authority::Without;
use super::bootstrap::{START, record_start};
use super::key::{Fingerprint, make, text};
use super::store::{DEFAULT_WORKSPACE, Key};
use super::{
    CameBy, Identity, Lapsed, Permissions, Principal, PrincipalKind, ServiceError, Status, changes, services, store,
    users,
};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::entropy::Unavailable;
use crate::store::Connection;

/// Why a key was not made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Nobody hands on more than they have.
    #[error("a key cannot have permissions that its maker does not have")]
    TooMuch,
    /// Its name is empty or too long.
    #[error("a key's name has 1 to 200 characters, none of them a control character")]
    Name,
    /// The service has no such permission.
    #[error("there is no permission `{0}`")]
    Permission(String),
    /// There is no such service account here.
    #[error("there is no such service account")]
    Service,
    /// What is made with a key that ends ends as well.
    #[error("a key that is made with one that expires has to expire no later")]
    Outlives,
    /// Nobody could manage the workspace any more.
    #[error("nobody else has all permissions")]
    Last,
    /// There is no randomness to make a secret from.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// Who asked cannot do it any more.
    #[error(transparent)]
    Lapsed(#[from] Lapsed),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

/// What a new key is to be.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub permissions: Permissions,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
}

/// A new key. This is the only moment at which its text exists outside its owner's hands.
#[derive(Clone, Debug)]
pub struct CreatedKey {
    /// What is stored.
    pub key: Key,
    /// The text.
    pub text: Secret<String>,
}

/// Whose a key is.
#[derive(Debug, Default)]
struct Belonging {
    owner: Option<String>,
    service: Option<String>,
}

impl Identity {
    /// Makes an API key in the maker's workspace. One that a person makes is theirs: it may no more than they may at the
    /// moment, and ends with them. What is made with a key belongs to whom that key belongs to.
    ///
    /// # Errors
    /// If its name or a permission is none, if the maker would hand on more than they have or make what outlives the key
    /// that they came by, or the database fails.
    pub async fn create_key(&self, maker: &Principal, new: NewKey) -> Result<CreatedKey, KeyError> {
        self.insert_key(maker, new, None).await
    }

    /// Makes an API key of a service account of the maker's workspace. It may what it is made for as far as the account
    /// may.
    ///
    /// # Errors
    /// As for [`create_key`](Self::create_key); if there is no such account, or it may more than the maker.
    pub async fn create_service_key(
        &self,
        maker: &Principal,
        service: &str,
        new: NewKey,
    ) -> Result<CreatedKey, KeyError> {
        self.insert_key(maker, new, Some(service.to_owned())).await
    }

    async fn insert_key(
        &self,
        maker: &Principal,
        new: NewKey,
        service: Option<String>,
    ) -> Result<CreatedKey, KeyError> {
        if !users::is_name(&new.name) {
            return Err(KeyError::Name);
        }
        if let Some(unknown) = new.permissions.unknown(self.0.parts.permissions) {
            return Err(KeyError::Permission(unknown.to_owned()));
        }
        if !maker.permissions.cover(&new.permissions) {
            return Err(KeyError::TooMuch);
        }
        if maker.key_ends_at().is_some_and(|ends| new.expires_at.is_none_or(|wanted| wanted > ends)) {
            return Err(KeyError::Outlives);
        }
        let (asked, workspace, identity, maker) = (maker, maker.workspace, self.clone(), maker.clone());
        let (mut created, fingerprint) = self.new_key(workspace, maker.id.clone(), new)?;
        self.settle(asked, workspace, move |connection, _| {
            let belonging = match service {
                Some(id) => identity.belonging_to(connection, &maker, id)?,
                None => belonging_of(connection, &maker)?,
            };
            created.key = Key { owner: belonging.owner, service: belonging.service, ..created.key };
            store::insert(connection, workspace, &created.key, &fingerprint, maker.credential())?;
            let key = &created.key;
            let entry = Entry { workspace, at: key.created_at, principal: &maker.id, action: "key.create" };
            let expires_at = key.expires_at.map(|at| at.to_string());
            let detail = json!({ "name": key.name, "permissions": key.permissions.names(), "expires_at": expires_at,
                                 "owner": key.owner, "service": key.service });
            entry.write(connection, &key.id, &detail)?;
            Ok(created)
        })
        .await
    }

    fn belonging_to(
        &self,
        connection: &mut dyn Connection,
        maker: &Principal,
        service: String,
    ) -> Result<Belonging, KeyError> {
        let ruled = self.ruled_service(connection, maker, &service).map_err(|error| match error {
            ServiceError::NotFound => KeyError::Service,
            ServiceError::Store(error) => error.into(),
            _ => KeyError::TooMuch,
        });
        ruled.map(|_| Belonging { owner: None, service: Some(service) })
    }

    /// Makes the key of a part of this very service, in place of the one that the part had before; blocks. Its id, which
    /// is what the part's doings are recorded under, stays the same, so that starts leave no keys behind. `id` holds no
    /// underscore.
    ///
    /// # Errors
    /// If there is no randomness, or the database fails.
    pub fn own_key(&self, id: &'static str, permissions: Permissions) -> Result<Secret<String>, KeyError> {
        let parts = &self.0.parts;
        let text = text(parts.key_prefix, DEFAULT_WORKSPACE, id, parts.entropy.as_ref())?;
        let (fingerprint, created_at) = (Fingerprint::of(text.expose()), parts.clock.now());
        let (name, created_by) = (id.to_owned(), START.to_owned());
        let key = Key::new(id.to_owned(), name, permissions, (created_at, created_by));
        parts.database.write_blocking(|connection| {
            changes::revoked(connection, DEFAULT_WORKSPACE, &key.id, created_at)?;
            let is_new = !store::delete(connection, DEFAULT_WORKSPACE, &key.id)?;
            store::insert(connection, DEFAULT_WORKSPACE, &key, &fingerprint, None)?;
            record_start(connection, &key, is_new)
        })?;
        self.0.cache.remove(DEFAULT_WORKSPACE, &key.id);
        Ok(text)
    }

    pub(super) fn new_key(
        &self,
        workspace: i64,
        created_by: String,
        NewKey { name, permissions, expires_at }: NewKey,
    ) -> Result<(CreatedKey, Fingerprint), Unavailable> {
        let parts = &self.0.parts;
        let made = make(parts.key_prefix, workspace, parts.entropy.as_ref())?;
        let fingerprint = Fingerprint::of(made.text.expose());
        let key = Key { expires_at, ..Key::new(made.id, name, permissions, (parts.clock.now(), created_by)) };
        Ok((CreatedKey { key, text: made.text }, fingerprint))
    }

    /// Who comes with this key: itself, within what its owner may, or the service account that it opens.
    pub(super) fn principal_by_key(
        &self,
        connection: &mut dyn Connection,
        workspace: i64,
        key: Key,
    ) -> crate::store::Result<Option<Principal>> {
        let most = match (&key.service, &key.owner) {
            (None, None) => Some(Permissions::Every),
            (Some(service), _) => {
                let found = services::store::find(connection, workspace, service)?;
                found.map(|found| self.permissions_of(connection, workspace, &found.roles)).transpose()?
            }
            (None, Some(owner)) => {
                let found = users::store::find(connection, workspace, owner)?;
                let active = found.filter(|found| found.user.status == Status::Active);
                active.map(|found| self.permissions_of(connection, workspace, &found.user.roles)).transpose()?
            }
        };
        let Some(most) = most else { return Ok(None) };
        let (permissions, came_by, expires_at) = (key.permissions.within(&most), CameBy::Key, key.expires_at);
        let (id, kind) = match key.service {
            Some(service) => (service, PrincipalKind::Service),
            None => (key.id.clone(), PrincipalKind::ApiKey),
        };
        let (session, key) = (None, Some(key.id));
        let must_enrol = false;
        Ok(Some(Principal { workspace, id, kind, permissions, must_enrol, session, key, came_by, expires_at }))
    }

    /// All keys of the principal's workspace, without their secrets.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_keys(&self, principal: &Principal) -> crate::store::Result<Vec<Key>> {
        let workspace = principal.workspace;
        self.0.parts.database.read(move |connection| store::list(connection, workspace)).await
    }

    /// Revokes a key of the principal's workspace: on this node from now on, on others within a second. Says whether there
    /// was one that still worked.
    ///
    /// # Errors
    /// If it may more than the principal, nobody else may everything, or the database fails.
    pub async fn revoke_key(&self, principal: &Principal, id: &str) -> Result<bool, KeyError> {
        let (id, now, identity, by) = (id.to_owned(), self.now(), self.clone(), principal.clone());
        self.settle(principal, principal.workspace, move |connection, losers| {
            let workspace = by.workspace;
            let found = store::find(connection, workspace, &id)?.filter(|stored| stored.key.works(now));
            let Some(store::Stored { key, .. }) = found else { return Ok(false) };
            if !by.permissions.cover(&key.permissions) {
                return Err(KeyError::TooMuch);
            }
            let without = Without { key: Some(&id), ..Without::default() };
            if key.permissions == Permissions::Every && !identity.has_administrator(connection, workspace, without)? {
                return Err(KeyError::Last);
            }
            let revoked = store::revoke(connection, workspace, &id, now)?;
            losers.add(key.service.as_ref().unwrap_or(&id));
            let entry = Entry { workspace, at: now, principal: &by.id, action: "key.revoke" };
            entry.write(connection, &id, &json!({ "name": key.name }))?;
            Ok(revoked)
        })
        .await
    }
}

/// Whose a key is that somebody makes for themselves.
fn belonging_of(connection: &mut dyn Connection, maker: &Principal) -> crate::store::Result<Belonging> {
    if maker.kind == PrincipalKind::User {
        return Ok(Belonging { owner: Some(maker.id.clone()), service: None });
    }
    let Some(key) = &maker.key else { return Ok(Belonging::default()) };
    let Some(store::Stored { key, .. }) = store::find(connection, maker.workspace, key)? else {
        return Ok(Belonging::default());
    };
    Ok(Belonging { owner: key.owner, service: key.service })
}
