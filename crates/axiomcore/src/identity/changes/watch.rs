//! Watching one principal: for what outlives the request that let it in.

use tokio::sync::broadcast;

use super::{Change, EVERYBODY};
use crate::clock::Timestamp;
use crate::identity::{Identity, Principal};

/// Tells when it is time to look whether a principal may still do what it does.
pub struct Watch {
    identity: Identity,
    workspace: i64,
    principal: String,
    expires_at: Option<Timestamp>,
    told: broadcast::Receiver<Change>,
}

impl Identity {
    /// Watches a principal from now on.
    pub fn watch(&self, principal: &Principal) -> Watch {
        let (workspace, id, expires_at) = (principal.workspace, principal.id.clone(), principal.expires_at);
        Watch { identity: self.clone(), workspace, principal: id, expires_at, told: self.0.changes.told.subscribe() }
    }
}

impl Watch {
    /// Waits until something was taken away from the principal, or its credential ends by itself. May be given up and
    /// called again.
    pub async fn changed(&mut self) {
        let (mut wait, expires_at) = (std::pin::pin!(expiry(self.identity.clone(), self.expires_at)), self.expires_at);
        loop {
            let told = tokio::select! {
                () = wait.as_mut() => {
                    // Once is enough: whoever was told of the end has ended, or has another credential.
                    if expires_at.is_some() {
                        self.expires_at = None;
                    }
                    return;
                }
                told = self.told.recv() => told,
            };
            match told {
                Ok(change) if !self.is_about(&change) => {}
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
                // The service itself is gone; then there is nothing more to be told.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    fn is_about(&self, change: &Change) -> bool {
        let named = (change.workspace, change.principal.as_str());
        named == (self.workspace, &self.principal) || named == EVERYBODY
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Watch({})", self.principal)
    }
}

/// Ends at this moment, and never without one.
async fn expiry(identity: Identity, at: Option<Timestamp>) {
    match at {
        Some(at) => tokio::time::sleep(at.since(identity.now())).await,
        None => std::future::pending().await,
    }
}
