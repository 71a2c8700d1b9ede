//! Making, listing and revoking API keys.

use serde_json::json;

use super::key::{Fingerprint, make, text};
use super::store::{DEFAULT_WORKSPACE, Key};
use super::{Identity, Permissions, Principal, changes, store};
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
    /// Nobody could manage the installation any more.
    #[error("nobody else has all permissions")]
    Last,
    /// There is no randomness to make a secret from.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
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

impl Identity {
    /// Makes an API key in the maker's workspace.
    ///
    /// # Errors
    /// If its name or a permission is none, if the maker would hand on more than they have, or the database fails.
    pub async fn create_key(&self, maker: &Principal, new: NewKey) -> Result<CreatedKey, KeyError> {
        if new.name.is_empty() || new.name.chars().count() > 200 || new.name.chars().any(char::is_control) {
            return Err(KeyError::Name);
        }
        if let Permissions::Only(names) = &new.permissions {
            let is_known =
                |name: &&String| self.0.parts.permissions.iter().copied().flatten().any(|known| known.name == **name);
            if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
                return Err(KeyError::Permission(unknown.clone()));
            }
        }
        if !maker.permissions.cover(&new.permissions) {
            return Err(KeyError::TooMuch);
        }
        let (workspace, created_by) = (maker.workspace, maker.id.clone());
        let (created, fingerprint) = self.new_key(workspace, created_by, new)?;
        let (key, maker) = (created.key.clone(), maker.id.clone());
        let insert = move |connection: &mut dyn Connection| {
            store::insert(connection, workspace, &key, &fingerprint)?;
            let entry = Entry { workspace, at: key.created_at, principal: &maker, action: "key.create" };
            let expires_at = key.expires_at.map(|at| at.to_string());
            let detail = json!({ "name": key.name, "permissions": key.permissions.names(), "expires_at": expires_at });
            entry.write(connection, &key.id, &detail)
        };
        self.0.parts.database.write(insert).await?;
        Ok(created)
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
        let (name, created_by) = (id.to_owned(), "start".to_owned());
        let (expires_at, revoked_at, last_used_at) = (None, None, None);
        let id = id.to_owned();
        let key = Key { id, name, permissions, created_at, created_by, expires_at, revoked_at, last_used_at };
        parts.database.write_blocking(|connection| {
            changes::revoked(connection, DEFAULT_WORKSPACE, &key.id, created_at)?;
            store::delete(connection, DEFAULT_WORKSPACE, &key.id)?;
            store::insert(connection, DEFAULT_WORKSPACE, &key, &fingerprint)
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
        let created_at = parts.clock.now();
        let (revoked_at, last_used_at) = (None, None);
        let key = Key { id: made.id, name, permissions, created_at, created_by, expires_at, revoked_at, last_used_at };
        Ok((CreatedKey { key, text: made.text }, fingerprint))
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
    /// If nobody else may everything, or the database fails.
    pub async fn revoke_key(&self, principal: &Principal, id: &str) -> Result<bool, KeyError> {
        let (workspace, stored_id, now) = (principal.workspace, id.to_owned(), self.0.parts.clock.now());
        let (identity, revoker) = (self.clone(), principal.id.clone());
        let revoked = self.0.parts.database.write(move |connection| {
            store::lock_default_workspace(connection)?;
            let found = store::find(connection, workspace, &stored_id)?.filter(|stored| stored.key.works(now));
            let Some(stored) = found else { return Ok(Ok(false)) };
            let is_last = stored.key.permissions == Permissions::Every
                && !identity.has_administrator_but(connection, None, Some(&stored_id))?;
            if is_last {
                return Ok(Err(KeyError::Last));
            }
            changes::revoked(connection, workspace, &stored_id, now)?;
            let revoked = store::revoke(connection, workspace, &stored_id, now)?;
            let entry = Entry { workspace, at: now, principal: &revoker, action: "key.revoke" };
            entry.write(connection, &stored_id, &json!({ "name": stored.key.name })).map(|()| Ok(revoked))
        });
        let revoked = revoked.await?;
        // After the commit: who reads the database from here on sees it, and who read before is not remembered.
        self.0.cache.remove(workspace, id);
        revoked
    }
}
