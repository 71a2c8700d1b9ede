//! Getting to know devices, listing and forgetting them.

use serde_json::json;

use super::{Device, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::entropy::Unavailable;
use crate::identity::key::{Fingerprint, hex};
use crate::identity::transaction::Losers;
use crate::identity::users::store::Place;
use crate::identity::{Identity, Origin, Principal, UserError};
use crate::store::{Connection, Result};

/// What a client showed of the device it is on.
pub(in crate::identity) type Shown = Option<Secret<String>>;

/// What the text of a device begins with, so that it is recognised.
const MARK: &str = "d_";

impl Identity {
    /// The device that a text is of, if it has the form of one and this user knows it.
    pub(in crate::identity) fn device_of(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        shown: &Shown,
        now: Timestamp,
    ) -> Result<Option<Device>> {
        let prefix = self.0.parts.key_prefix;
        let is_one = |text: &&Secret<String>| text.expose().strip_prefix(prefix).is_some_and(|t| t.starts_with(MARK));
        let Some(text) = shown.as_ref().filter(is_one) else { return Ok(None) };
        store::find(connection, place, &Fingerprint::of(text.expose()), now)
    }

    /// A device that nobody knows yet, with its text.
    pub(in crate::identity) fn new_device(
        &self,
        origin: Origin,
    ) -> std::result::Result<(Device, Secret<String>), Unavailable> {
        let (mut id, mut secret) = ([0; 8], [0; 32]);
        self.0.parts.entropy.fill(&mut id)?;
        self.0.parts.entropy.fill(&mut secret)?;
        let (now, text) = (self.now(), format!("{}{MARK}{}", self.0.parts.key_prefix, hex(&secret)));
        let (created_at, last_used_at, expires_at) = (now, now, now.plus(self.0.device_time));
        Ok((Device { id: hex(&id), created_at, last_used_at, expires_at, origin }, Secret::new(text)))
    }

    /// Remembers, in the transaction of a sign-in, that it was made with this device. Says whether it was known before.
    pub(in crate::identity) fn remember_device(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        shown: &Shown,
        (new, text): (&Device, &Secret<String>),
    ) -> Result<bool> {
        let now = new.created_at;
        match self.device_of(connection, place, shown, now)? {
            Some(known) => {
                let Device { expires_at, origin, .. } = new.clone();
                store::renew(connection, place, &Device { last_used_at: now, expires_at, origin, ..known })
                    .map(|()| true)
            }
            None => {
                store::insert(connection, place, new, &Fingerprint::of(text.expose()))?;
                let entry =
                    Entry { workspace: place.workspace, at: now, principal: &place.id, action: "device.remember" };
                entry.write(connection, &new.id, &json!({ "address": new.origin.address })).map(|()| false)
            }
        }
    }

    /// The caller's own devices, the one that was used last first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_devices(&self, caller: &Principal) -> Result<Vec<Device>> {
        let (place, now) = (Place { workspace: caller.workspace, id: caller.id.clone() }, self.now());
        self.0.parts.database.read(move |connection| store::list(connection, &place, now)).await
    }

    /// Forgets one of the caller's own devices; sessions go on. Says whether there was one.
    ///
    /// # Errors
    /// If the caller's session has ended, or the database fails.
    pub async fn forget_device(&self, caller: &Principal, id: &str) -> std::result::Result<bool, UserError> {
        let (place, now) = (Place { workspace: caller.workspace, id: caller.id.clone() }, self.now());
        let id = id.to_owned();
        let forget = move |connection: &mut dyn Connection, _: &mut Losers| {
            let was_there = store::delete(connection, &place, &id)?;
            if was_there {
                let entry =
                    Entry { workspace: place.workspace, at: now, principal: &place.id, action: "device.forget" };
                entry.write(connection, &id, &json!({}))?;
            }
            Ok(was_there)
        };
        self.settle(caller, caller.workspace, forget).await
    }
}
