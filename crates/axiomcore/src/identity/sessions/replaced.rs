//! What becomes of the session that a browser has when somebody signs in there anew.

use crate::config::Secret;
use crate::identity::{CameBy, Identity};

impl Identity {
    /// Ends it: its cookie is replaced, so nobody could end it there any more, and whoever signs in over somebody else's takes
    /// their place. That it cannot be ended keeps nobody out.
    pub(in crate::identity) async fn end_replaced(&self, text: &Secret<String>) {
        let principal = match self.authenticate(text.expose()).await {
            Ok(Some(principal)) if principal.came_by == CameBy::Cookie => principal,
            Ok(_) => return,
            Err(error) => return tracing::warn!(cause = %error, "a session that was replaced goes on: {error}"),
        };
        let Some(session) = &principal.session else { return };
        if let Err(error) = self.end_session(&principal, session).await {
            tracing::warn!(session.id = %session, cause = %error, "the session {session} was replaced and goes on: {error}");
        }
    }
}
