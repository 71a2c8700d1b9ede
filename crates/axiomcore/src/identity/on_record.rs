//! Who may change the record, and what of it stays: whoever has somebody let in is not forgotten for as long as they are in.

use std::collections::BTreeMap;

use super::bootstrap::START;
use super::tokens::ITSELF;
use super::users::ANYBODY;
use super::{Identity, Lapsed, Principal, services, store, users};
use crate::audit::{Named, Officer};
use crate::store::{Connection, Result};

/// Kinds of actions by which somebody comes to be let in, or which say what was done to the record.
const ACCESS: [&str; 11] =
    ["audit", "backup", "device", "key", "made", "passkey", "role", "service", "session", "signing_key", "workspace"];

/// Those of them that are done to what outlasts who did it. Somebody's devices, passkeys and sessions go when they go.
const LASTING: [&str; 8] = ["audit", "backup", "key", "made", "role", "service", "signing_key", "workspace"];

/// A principal who changes the record of their workspace.
#[derive(Clone, Debug)]
pub struct RecordKeeper {
    identity: Identity,
    principal: Principal,
}

impl Identity {
    /// The principal, as the audit asks about them when they erase, hold or let go.
    pub fn record_keeper(&self, principal: &Principal) -> RecordKeeper {
        RecordKeeper { identity: self.clone(), principal: principal.clone() }
    }
}

impl Officer for RecordKeeper {
    fn id(&self) -> &str {
        &self.principal.id
    }

    /// As `settle` does it: the lock is that of whoever takes a credential away, so that they come before or
    /// after.
    fn lapsed(&self, connection: &mut dyn Connection) -> Result<Option<Lapsed>> {
        store::lock_default_workspace(connection)?;
        self.identity.lapsed(connection, &self.principal)
    }

    /// People who are gone are forgotten; who is there, and what is nobody, is not: what was done with a key or by a service
    /// account, with a session, a role or a workspace stays for as long as the record does. What they have to do with somebody
    /// goes when that person does; what that person did to others who are there, and to what outlasts them, is told under
    /// another name.
    fn stays(&self, connection: &mut dyn Connection, named: &Named<'_>) -> Result<bool> {
        let (workspace, name) = (self.principal.workspace, named.name());
        let is_role = |actions: &BTreeMap<String, i64>| actions.keys().any(|action| kind_of(action) == "role");
        if users::is_id(name) && !named.actions().is_some_and(is_role) {
            return Ok(users::store::find(connection, workspace, name)?.is_some());
        }
        if let Named::Done(action, _) = named {
            return Ok(LASTING.contains(&kind_of(action)));
        }
        let is_ours = |action: &String| ACCESS.contains(&kind_of(action));
        let has_access = named.actions().is_some_and(|actions| actions.keys().any(is_ours));
        Ok(has_access
            || [START, ANYBODY, ITSELF].contains(&name)
            || services::is_id(name)
            || store::find(connection, workspace, name)?.is_some())
    }
}

/// What an action is done to.
fn kind_of(action: &str) -> &str {
    action.split('.').next().unwrap_or_default()
}
