//! What a client shows with each request.

use std::sync::Arc;

use axiomcore::config::Secret;

use super::{Client, Trouble};
use crate::session::Held;

/// By what the server knows who asks.
#[derive(Clone, Debug)]
pub(crate) enum Credential {
    /// Nothing: what is open to everybody is asked as anybody would.
    None,
    /// An API key, or an access token that somebody else looks after.
    Key(Secret<String>),
    /// The session of who has signed in on this machine.
    Session(Arc<Held>),
}

impl Credential {
    /// What stands in the request.
    pub(super) fn shown(&self, client: &Client) -> Result<Option<Secret<String>>, Trouble> {
        match self {
            Self::None => Ok(None),
            Self::Key(key) => Ok(Some(key.clone())),
            Self::Session(held) => held.token(&client.as_stranger()).map(Some),
        }
    }

    /// What to show in its place when the server did not take it; nothing if there is no more. A token can end before its
    /// time, as when the keys that tokens are signed with are replaced at once; the session goes on.
    pub(super) fn next(&self, shown: &Secret<String>, client: &Client) -> Result<Option<Secret<String>>, Trouble> {
        match self {
            Self::None | Self::Key(_) => Ok(None),
            Self::Session(held) => held.renew(shown, &client.as_stranger()).map(Some),
        }
    }
}
