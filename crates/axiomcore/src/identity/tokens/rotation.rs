//! Making keys and replacing them.

use std::time::Duration;

use serde_json::json;
use tokio::task::spawn_blocking;

use super::TokenError;
use super::generate::generate;
use super::key::{Jwk, Key, Times, modulus, pair, thumbprint};
use super::store::{self, Stored};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::identity::store::{DEFAULT_WORKSPACE, lock_default_workspace};
use crate::identity::{Identity, Principal, changes};
use crate::sealing::SealedColumn;
use crate::store::Connection;

/// How long a new key is published before it signs: longer than anybody keeps the published keys.
const AHEAD: Duration = Duration::from_secs(600);

/// For how long others may keep the published keys.
pub(in crate::identity) const KEPT: Duration = Duration::from_secs(300);

/// Who is on record for keys that are made when it is time.
pub(in crate::identity) const ITSELF: &str = "service";

/// For clocks that differ.
const MARGIN: Duration = Duration::from_secs(60);

/// What a private key is sealed for.
pub(super) fn purpose(id: &str) -> String {
    format!("signing key {id}")
}

/// What signing keys are sealed in.
pub const SEALED: &[SealedColumn] = &[SealedColumn {
    what: "keys that tokens are signed with",
    table: "signing_keys",
    id: "id",
    column: "private",
    purpose,
}];

/// Why there is to be a new key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Occasion {
    /// There is none.
    First,
    /// The last one is old.
    Due,
    /// Somebody asked for it.
    Asked { by: Box<Principal>, at_once: bool },
}

/// A key that will sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Its name in the header of tokens.
    pub id: String,
    /// From when on it signs.
    pub active_from: Timestamp,
}

impl Identity {
    /// Replaces the key that tokens are signed with. Tokens of before stay good until they expire; with `at_once` they are
    /// worth nothing from now on, which is for a key that has leaked: whoever has a refresh token gets a new one.
    ///
    /// # Errors
    /// If no key can be made, or the database fails.
    pub async fn rotate_signing_key(&self, by: &Principal, at_once: bool) -> Result<Rotation, TokenError> {
        let made = self.make_key(Occasion::Asked { by: Box::new(by.clone()), at_once }).await?;
        made.ok_or(TokenError::None)
    }

    /// Replaces the key if it is old, and forgets keys of which no token is good any more.
    ///
    /// # Errors
    /// If no key can be made, or the database fails.
    pub(in crate::identity) async fn tend_signing_keys(&self) -> Result<(), TokenError> {
        let now = self.now();
        self.read_signing_keys().await?;
        if self.0.keyring.signer(now).is_some_and(|key| self.is_due(&key.times, now)) {
            self.make_key(Occasion::Due).await?;
        }
        Ok(())
    }

    /// The public keys that tokens can be verified by.
    ///
    /// # Errors
    /// If the database had to be asked and failed.
    pub(in crate::identity) async fn published_keys(&self) -> Result<Vec<Jwk>, TokenError> {
        if self.0.keyring.may_look(self.now()) {
            self.read_signing_keys().await?;
        }
        Ok(self.0.keyring.published(self.now()))
    }

    /// The key to sign with; the first one is made when it is first wanted.
    pub(in crate::identity) async fn signer(&self) -> Result<std::sync::Arc<Key>, TokenError> {
        if let Some(key) = self.0.keyring.signer(self.now()) {
            return Ok(key);
        }
        let _only_one = self.0.keyring.making.lock().await;
        self.read_signing_keys().await?;
        if self.0.keyring.signer(self.now()).is_none() {
            self.make_key(Occasion::First).await?;
        }
        self.0.keyring.signer(self.now()).ok_or(TokenError::None)
    }

    /// Reads all keys anew.
    pub(in crate::identity) async fn read_signing_keys(&self) -> Result<(), TokenError> {
        let (now, stored) = (self.now(), self.0.parts.database.read(store::list).await?);
        self.0.keyring.replace(stored, &self.0.parts.sealer, now)
    }

    fn is_due(&self, times: &Times, now: Timestamp) -> bool {
        times.retired_at.is_none() && times.created_at.plus(self.0.token_config.rotation) <= now
    }

    /// Makes a key, unless another node was quicker.
    async fn make_key(&self, occasion: Occasion) -> Result<Option<Rotation>, TokenError> {
        let identity = self.clone();
        let new = spawn_blocking(move || identity.new_key_pair()).await;
        let mut new = new.map_err(|error| TokenError::Unmade(error.to_string()))??;
        let (identity, for_all) = (self.clone(), matches!(occasion, Occasion::Asked { at_once: true, .. }));
        let write = self.0.parts.database.write(move |connection| {
            lock_default_workspace(connection)?;
            if let Occasion::Asked { by, .. } = &occasion
                && let Some(lapsed) = identity.lapsed(connection, by)?
            {
                return Ok(Err(lapsed));
            }
            let there = store::list(connection)?;
            let now = new.times.created_at;
            let is_needed = match occasion {
                Occasion::First => there.iter().all(|key| key.times.retired_at.is_some()),
                Occasion::Due => there.iter().any(|key| identity.is_due(&key.times, now)),
                Occasion::Asked { .. } => true,
            };
            if !is_needed {
                return Ok(Ok(None));
            }
            identity.put_key(connection, &mut new, &occasion, there.is_empty())?;
            Ok(Ok(Some(Rotation { id: new.id, active_from: new.times.active_from })))
        });
        let rotation = write.await??;
        self.read_signing_keys().await?;
        if for_all {
            self.0.cache.clear();
        }
        Ok(rotation)
    }

    fn put_key(
        &self,
        connection: &mut dyn Connection,
        new: &mut Stored,
        occasion: &Occasion,
        is_first: bool,
    ) -> crate::store::Result<()> {
        let now = new.times.created_at;
        let (by, at_once) = match occasion {
            Occasion::Asked { by, at_once } => (&*by.id, *at_once),
            Occasion::First | Occasion::Due => (ITSELF, false),
        };
        if at_once {
            store::delete_all(connection)?;
            changes::everybody(connection, now)?;
        } else if !is_first {
            new.times.active_from = now.plus(AHEAD);
            let last_token = new.times.active_from.plus(self.0.token_config.lasting).plus(MARGIN);
            store::retire(connection, new.times.active_from, last_token)?;
        }
        store::prune(connection, now)?;
        store::insert(connection, new)?;
        let entry = Entry { workspace: DEFAULT_WORKSPACE, at: now, principal: by, action: "signing_key.create" };
        let detail = json!({ "active_from": new.times.active_from.to_string(), "others_end_at_once": at_once });
        entry.write(connection, &new.id, &detail)
    }

    /// Blocks for a second or so.
    fn new_key_pair(&self) -> Result<Stored, TokenError> {
        let parts = &self.0.parts;
        let pkcs8 = generate(self.0.token_config.bits, parts.entropy.as_ref())?;
        let modulus = modulus(&pair(pkcs8.expose())?);
        let id = thumbprint(&modulus);
        let sealed = parts.sealer.seal(&purpose(&id), pkcs8.expose())?;
        let created_at = parts.clock.now();
        let times = Times { created_at, active_from: created_at, retired_at: None, expires_at: None };
        Ok(Stored { id, modulus, sealed, times })
    }
}
