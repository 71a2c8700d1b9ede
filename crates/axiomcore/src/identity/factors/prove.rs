//! Holding what somebody shows against what is stored, within the transaction of what it is shown for.

use serde_json::json;

use super::{Proof, recovery, store, totp};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::identity::passkeys::{Purpose, store as passkeys};
use crate::identity::users::store::Place;
use crate::identity::{Identity, User};
use crate::sealing::{SealedColumn, Sealer};
use crate::store::{Connection, Error, Result};

/// What was shown and is right. It is used up by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::identity) enum Proved {
    /// A code of the app.
    Code,
    /// A recovery code; so many are left.
    RecoveryCode(usize),
    /// A passkey.
    Passkey,
}

impl Identity {
    /// What the proof is worth; nothing if it is wrong, was used before, or the user has no such factor. A passkey has to be
    /// shown for this very purpose.
    pub(in crate::identity) fn prove(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        (proof, purpose): &(Proof, Purpose),
        now: Timestamp,
    ) -> Result<Option<Proved>> {
        match proof {
            Proof::Code(code) => {
                let stored = store::find(connection, place)?.filter(|stored| stored.confirmed_at.is_some());
                let Some(stored) = stored else { return Ok(None) };
                let secret = opened(&self.0.parts.sealer, place, &stored)?;
                let step = totp::step_of(secret.expose(), code.expose(), now, stored.last_step);
                let Some(step) = step else { return Ok(None) };
                Ok(store::use_step(connection, place, step)?.then_some(Proved::Code))
            }
            Proof::RecoveryCode(code) => {
                let Some(fingerprint) = recovery::fingerprint(place, code.expose()) else { return Ok(None) };
                if !store::use_recovery_code(connection, place, &fingerprint, now)? {
                    return Ok(None);
                }
                let left = store::recovery_codes_left(connection, place)?;
                let entry = Entry { workspace: place.workspace, at: now, principal: &place.id, action: "recovery.use" };
                entry.write(connection, &place.id, &json!({ "left": left }))?;
                Ok(Some(Proved::RecoveryCode(left)))
            }
            Proof::Passkey(shown) => {
                let is_shown = self.has_shown_passkey(connection, place, shown, purpose, now)?;
                Ok(is_shown.then_some(Proved::Passkey))
            }
        }
    }

    /// Whether somebody's roles ask for a factor, and they have none.
    pub(in crate::identity) fn must_enrol(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        user: &User,
    ) -> Result<bool> {
        Ok(self.must_have_factor(connection, place.workspace, user)? && !self.has_factor(connection, place)?)
    }

    /// Whether somebody has a factor that works, whichever.
    pub(in crate::identity) fn has_factor(&self, connection: &mut dyn Connection, place: &Place) -> Result<bool> {
        Ok(self.has_app(connection, place)? || passkeys::count(connection, place)? > 0)
    }

    /// Whether somebody has an app that makes codes.
    pub(in crate::identity) fn has_app(&self, connection: &mut dyn Connection, place: &Place) -> Result<bool> {
        Ok(store::find(connection, place)?.is_some_and(|stored| stored.confirmed_at.is_some()))
    }
}

/// A secret is sealed for its owner, so that nobody puts theirs in another's place.
pub(super) fn purpose(place: &Place) -> String {
    purpose_of(place.workspace, &place.id)
}

/// What second factors keep sealed.
pub const SEALED: &[SealedColumn] = &[SealedColumn {
    what: "what the codes of second factors are made of",
    table: "factors",
    id: "workspace || ' ' || user_id",
    column: "secret",
    purpose: |id| {
        let (workspace, id) = id.split_once(' ').unwrap_or_default();
        purpose_of(workspace, id)
    },
}];

fn purpose_of(workspace: impl std::fmt::Display, id: &str) -> String {
    format!("second factor of {id} in {workspace}")
}

/// What a stored factor's codes are made of.
pub(super) fn opened(sealer: &Sealer, place: &Place, stored: &store::Stored) -> Result<crate::config::Secret<Vec<u8>>> {
    let opened = sealer.open(&purpose(place), &stored.secret);
    opened.map_err(|error| Error::Corrupt(format!("the second factor of {}: {error}", place.id)))
}
