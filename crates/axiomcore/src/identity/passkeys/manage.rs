//! Listing and removing one's passkeys.

use serde_json::json;

use super::{Passkey, PasskeyError, store};
use crate::audit::Entry;
use crate::config::Secret;
use crate::identity::factors::{person, store as factors};
use crate::identity::users::store::Place;
use crate::identity::{Identity, Principal, Proof};
use crate::store::Connection;

impl Identity {
    /// The caller's own, the oldest first.
    ///
    /// # Errors
    /// If the caller is a program; if the database fails.
    pub async fn list_passkeys(&self, caller: &Principal) -> Result<Vec<Passkey>, PasskeyError> {
        let place = person(caller)?;
        let listed = self.0.parts.database.read(move |connection| store::list(connection, &place)).await?;
        Ok(listed.into_iter().map(|(passkey, _)| passkey).collect())
    }

    /// Removes one of the caller's. Who is only in by a session cannot: it takes the password and a factor, which may be the
    /// very one. With their last factor their recovery codes go.
    ///
    /// # Errors
    /// If there is no such passkey of theirs, the password or the proof is wrong, or there were too many wrong ones; if the
    /// database fails.
    pub async fn remove_passkey(
        &self,
        caller: &Principal,
        id: &str,
        password: Secret<String>,
        proof: Proof,
    ) -> Result<(), PasskeyError> {
        let (place, now, id) = (person(caller)?, self.now(), id.to_owned());
        let shown = self.show_password(&place, password).await?;
        let (owner, wanted) = (place.clone(), id.clone());
        let own = self.0.parts.database.read(move |connection| store::list(connection, &owner)).await?;
        if !own.iter().any(|(passkey, _)| passkey.id == wanted) {
            return Err(PasskeyError::NotFound);
        }
        let identity = self.clone();
        let also = move |connection: &mut dyn Connection, place: &Place| {
            if !store::delete(connection, place, &id)? {
                return Ok(());
            }
            if !identity.has_factor(connection, place)? {
                factors::delete_recovery_codes(connection, place)?;
            }
            let entry = Entry { workspace: place.workspace, at: now, principal: &place.id, action: "passkey.remove" };
            entry.write(connection, &id, &json!({}))
        };
        Ok(self.show_factor(caller, Some(shown), proof, also).await?)
    }
}
