//! Listing sessions and ending them.

use serde_json::json;

use super::{Session, store};
use crate::audit::Entry;
use crate::identity::users::store::Place;
use crate::identity::{Identity, Principal, changes};
use crate::store::Result;

impl Identity {
    /// The caller's own sessions that go on, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_sessions(&self, caller: &Principal) -> Result<Vec<Session>> {
        let place = Place { workspace: caller.workspace, id: caller.id.clone() };
        let now = self.0.parts.clock.now();
        let listed = self.0.parts.database.read(move |connection| store::list(connection, &place)).await?;
        let goes_on =
            |session: &Session| now < session.expires_at && now < session.last_used_at.plus(self.0.session_idle_time);
        Ok(listed.into_iter().filter(goes_on).collect())
    }

    /// Ends one of the caller's own sessions: on this node from now on, on others within a second. Says whether there was
    /// one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_session(&self, caller: &Principal, id: &str) -> Result<bool> {
        let place = Place { workspace: caller.workspace, id: caller.id.clone() };
        let (id, now) = (id.to_owned(), self.0.parts.clock.now());
        let end = self.0.parts.database.write(move |connection| {
            changes::revoked(connection, place.workspace, &place.id, now)?;
            let ended = store::end(connection, &place, &id, now)?;
            if ended {
                let entry = Entry { workspace: place.workspace, at: now, principal: &place.id, action: "session.end" };
                entry.write(connection, &id, &json!({}))?;
            }
            Ok(ended)
        });
        let ended = end.await?;
        self.0.cache.remove(caller.workspace, &caller.id);
        Ok(ended)
    }

    /// Ends all of the caller's own sessions, this one too.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_sessions(&self, caller: &Principal) -> Result<()> {
        let place = Place { workspace: caller.workspace, id: caller.id.clone() };
        let now = self.0.parts.clock.now();
        let end = self.0.parts.database.write(move |connection| {
            changes::revoked(connection, place.workspace, &place.id, now)?;
            store::end_all(connection, &place, now)?;
            let entry = Entry { workspace: place.workspace, at: now, principal: &place.id, action: "session.end_all" };
            entry.write(connection, &place.id, &json!({}))
        });
        end.await?;
        self.0.cache.remove(caller.workspace, &caller.id);
        Ok(())
    }
}
