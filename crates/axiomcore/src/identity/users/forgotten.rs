//! A new start for somebody who has forgotten their password, asked for by nobody knows whom.

use serde_json::json;

use super::email::address;
use super::store::{self, Place};
use super::{Status, UserError};
use crate::audit::Entry;
use crate::identity::Identity;
use crate::identity::mail::{Envelope, Forgotten};
use crate::identity::workspaces::store as workspaces;

/// Who asks without a credential, on the record.
pub(in crate::identity) const ANYBODY: &str = "anybody";

impl Identity {
    /// A ticket for whoever has this address and can sign in, or has been invited; mailed to the address that is stored,
    /// and never to the one that was typed, nor told to whoever asks. None if they got one a moment ago.
    pub(in crate::identity) async fn forgotten(
        &self,
        Forgotten { workspace, email }: &Forgotten,
        envelope: Envelope,
    ) -> Result<(), UserError> {
        let Some(email) = address(email) else { return Ok(()) };
        let workspace = workspace.clone();
        let (ticket, fingerprint) = self.new_ticket(self.now())?;
        let (now, expires_at, pause) = (self.now(), ticket.expires_at, self.0.ticket_pause);
        let done = self.0.parts.database.write(move |connection| {
            let workspace = workspaces::number(connection, workspace.as_deref())?;
            let found = store::find_by_email(connection, workspace, &email)?;
            let Some(found) = found.filter(|found| found.user.status != Status::Disabled) else { return Ok(()) };
            let place = Place { workspace: found.workspace, id: found.user.id.clone() };
            // One that was made a moment ago is on its way to them, and nobody floods their mailbox.
            let newest = store::ticket_until(connection, &place)?;
            if newest.is_some_and(|until| until.plus(pause) > expires_at) {
                return Ok(());
            }
            store::put_ticket(connection, &place, &fingerprint, (now, expires_at), None)?;
            envelope.post(connection, &place, &found.user, &ticket)?;
            let entry = Entry { workspace: place.workspace, at: now, principal: ANYBODY, action: "user.forgotten" };
            entry.write(connection, &place.id, &json!({}))
        });
        Ok(done.await?)
    }
}
