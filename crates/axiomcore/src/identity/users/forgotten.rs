//! A new start for somebody who has forgotten their password, asked for by nobody knows whom.

use serde_json::json;

use super::email::address;
use super::store::{self, Place};
use super::{Status, Ticket, User, UserError};
use crate::audit::Entry;
use crate::identity::Identity;

/// Who asks without a credential, on the record.
const ANYBODY: &str = "anybody";

impl Identity {
    /// A ticket for whoever has this address and can sign in, or has been invited; to be mailed to the address that is
    /// stored, and never to the one that was typed, nor told to whoever asks. None if they got one a moment ago.
    ///
    /// # Errors
    /// If there is no randomness, or the database fails.
    pub async fn forgotten(&self, email: &str) -> Result<Option<(User, Ticket)>, UserError> {
        let Some(email) = address(email) else { return Ok(None) };
        let (ticket, fingerprint) = self.new_ticket(self.now())?;
        let (now, expires_at, pause) = (self.now(), ticket.expires_at, self.0.ticket_pause);
        let done = self.0.parts.database.write(move |connection| {
            let found = store::find_by_email(connection, &email)?;
            let Some(found) = found.filter(|found| found.user.status != Status::Disabled) else { return Ok(None) };
            let place = Place { workspace: found.workspace, id: found.user.id.clone() };
            // One that was made a moment ago is on its way to them, and nobody floods their mailbox.
            let newest = store::ticket_until(connection, &place)?;
            if newest.is_some_and(|until| until.plus(pause) > expires_at) {
                return Ok(None);
            }
            store::put_ticket(connection, &place, &fingerprint, expires_at)?;
            let entry = Entry { workspace: place.workspace, at: now, principal: ANYBODY, action: "user.forgotten" };
            entry.write(connection, &place.id, &json!({}))?;
            Ok(Some(found.user))
        });
        Ok(done.await?.map(|user| (user, ticket)))
    }
}
