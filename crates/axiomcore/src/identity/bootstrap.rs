//! The first credential: closed from the first start, and yet somebody gets in.

use std::path::Path;

use serde_json::json;

use super::key::{BOOTSTRAP_ID, Fingerprint};
use super::store::{DEFAULT_WORKSPACE, Key};
use super::{Identity, NewKey, Permissions, changes, store};
use crate::audit::Entry;
use crate::config::{Secret, SecretFileError};
use crate::entropy::Unavailable;
use crate::store::Connection;

/// What the start found or made.
#[derive(Clone, Debug)]
pub enum Bootstrap {
    /// There were no credentials, so this administrator's key was made. Print it: nobody can ever read it again.
    Created(Secret<String>),
    /// The operator's key was stored for the first time, or in place of an earlier one.
    Stored,
    /// There was nothing to do.
    Unchanged,
}

/// Why there is no first credential.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// The operator's file cannot be used.
    #[error("identity.bootstrap_token_file: {0}")]
    File(#[from] SecretFileError),
    /// The operator's key could be guessed.
    #[error(
        "identity.bootstrap_token_file: the key in {0} can be guessed; it needs at least 32 visible characters, at \
         random, such as from `openssl rand -hex 32`"
    )]
    Weak(String),
    /// There is no randomness to make a secret from.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

const SHORTEST: usize = 32;
/// Thirty-two random hexadecimal digits have fewer different ones than this about once in 25 million times.
const LEAST_DIFFERENT: usize = 8;

const MAKER: &str = "bootstrap";

/// Who is on record for what a start does by itself. No credential is called so.
pub(super) const START: &str = "start";

impl Identity {
    /// Makes sure that there is an administrator's key: the operator's, from `file`, or else a new one if there are no
    /// credentials at all. Blocks.
    ///
    /// # Errors
    /// If the file cannot be used, or the database fails.
    pub fn bootstrap(&self, file: Option<&Path>) -> Result<Bootstrap, BootstrapError> {
        match file {
            Some(file) => self.take(&strong_key(file)?),
            None => self.create_if_empty(),
        }
    }

    fn create_if_empty(&self) -> Result<Bootstrap, BootstrapError> {
        let (created, fingerprint) = self.new_key(DEFAULT_WORKSPACE, MAKER.into(), administrator())?;
        // Two nodes that start at once on an empty database: the second finds the first one's key.
        let is_first = self.0.parts.database.write_blocking(|connection| {
            store::lock_default_workspace(connection)?;
            if store::count(connection)? > 0 {
                return Ok(false);
            }
            store::insert(connection, DEFAULT_WORKSPACE, &created.key, &fingerprint, None)?;
            record_start(connection, &created.key, true).map(|()| true)
        })?;
        Ok(if is_first { Bootstrap::Created(created.text) } else { Bootstrap::Unchanged })
    }

    fn take(&self, text: &Secret<String>) -> Result<Bootstrap, BootstrapError> {
        let fingerprint = Fingerprint::of(text.expose());
        let NewKey { name, permissions, expires_at } = administrator();
        let (created_at, created_by) = (self.0.parts.clock.now(), MAKER.into());
        let id = BOOTSTRAP_ID.to_owned();
        let key = Key { expires_at, ..Key::new(id, name, permissions, (created_at, created_by)) };
        let store_key = |connection: &mut dyn Connection| {
            let found = store::find(connection, DEFAULT_WORKSPACE, BOOTSTRAP_ID)?;
            let is_new = found.is_none();
            match found {
                // A revoked key stays revoked until the operator puts another one into the file.
                Some(stored) if fingerprint.matches(&stored.fingerprint) => return Ok(Bootstrap::Unchanged),
                Some(_) => {
                    changes::revoked(connection, DEFAULT_WORKSPACE, BOOTSTRAP_ID, created_at)?;
                    store::replace(connection, DEFAULT_WORKSPACE, BOOTSTRAP_ID, &fingerprint)?;
                }
                None => store::insert(connection, DEFAULT_WORKSPACE, &key, &fingerprint, None)?,
            }
            record_start(connection, &key, is_new)?;
            Ok(Bootstrap::Stored)
        };
        Ok(self.0.parts.database.write_blocking(store_key)?)
    }
}

/// Puts on record, in its transaction, that a start made a key, or gave it another text.
pub(super) fn record_start(connection: &mut dyn Connection, key: &Key, is_new: bool) -> crate::store::Result<()> {
    let action = if is_new { "key.create" } else { "key.replace" };
    let entry = Entry { workspace: DEFAULT_WORKSPACE, at: key.created_at, principal: START, action };
    entry.write(connection, &key.id, &json!({ "name": key.name, "permissions": key.permissions.names() }))
}

fn administrator() -> NewKey {
    NewKey { name: "administrator".into(), permissions: Permissions::Every, expires_at: None }
}

fn strong_key(file: &Path) -> Result<Secret<String>, BootstrapError> {
    let text = Secret::from_file(file)?;
    let mut characters: Vec<char> = text.expose().chars().collect();
    let visible = characters.len() >= SHORTEST && characters.iter().all(|c: &char| c.is_ascii_graphic());
    characters.sort_unstable();
    characters.dedup();
    if !visible || characters.len() < LEAST_DIFFERENT {
        return Err(BootstrapError::Weak(file.display().to_string()));
    }
    Ok(text)
}
