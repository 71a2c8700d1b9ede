//! Making and renaming workspaces, and letting the first people in.

use serde_json::json;

use super::{NewWorkspace, Workspace, WorkspaceError, store};
use crate::audit::Entry;
use crate::identity::mail::Envelope;
use crate::identity::users::Invited;
use crate::identity::{DEFAULT_WORKSPACE, Identity, NewKey, NewUser, Permissions, Principal, store as keys, users};
use crate::store::{Connection, Error};

impl Identity {
    /// All workspaces, for who belongs to the default one; their own, for everybody else.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_workspaces(&self, principal: &Principal) -> crate::store::Result<Vec<Workspace>> {
        let mut listed = self.0.parts.database.read(store::list).await?;
        listed.retain(|workspace| sees(principal, workspace.id));
        Ok(listed)
    }

    /// What somebody's own workspace is called, which whoever is in it may know: they sign in by it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn workspace_of(&self, principal: &Principal) -> crate::store::Result<Option<String>> {
        let id = principal.workspace;
        let found = self.0.parts.database.read(move |connection| store::find(connection, id)).await?;
        Ok(found.map(|workspace| workspace.name))
    }

    /// Makes a workspace, with a key that may everything in it and is told only now.
    ///
    /// # Errors
    /// If the maker does not rule over the installation, or only with a key that expires; if the name is none or taken, or
    /// the database fails.
    pub async fn create_workspace(&self, maker: &Principal, name: &str) -> Result<NewWorkspace, WorkspaceError> {
        rules(maker)?;
        if maker.key_ends_at().is_some() {
            return Err(WorkspaceError::Outlives);
        }
        let (identity, by, name, now) = (self.clone(), maker.clone(), checked(name)?, self.now());
        self.settle(maker, DEFAULT_WORKSPACE, move |connection, _| {
            let id = store::insert(connection, &name, now).map_err(taken)?;
            let new = NewKey { name: "administrator".into(), permissions: Permissions::Every, expires_at: None };
            let (key, fingerprint) = identity.new_key(id, by.id.clone(), new)?;
            keys::insert(connection, id, &key.key, &fingerprint, by.credential())?;
            record(connection, &by, "workspace.create", (id, &name), now)?;
            Ok(NewWorkspace { workspace: Workspace { id, name, created_at: now }, key })
        })
        .await
    }

    /// Gives a workspace another name.
    ///
    /// # Errors
    /// If the caller does not see it or does not rule over the installation, or the name is none or taken; if the
    /// database fails.
    pub async fn rename_workspace(&self, caller: &Principal, id: i64, name: &str) -> Result<Workspace, WorkspaceError> {
        if !sees(caller, id) {
            return Err(WorkspaceError::NotFound);
        }
        rules(caller)?;
        let (by, name, now) = (caller.clone(), checked(name)?, self.now());
        self.settle(caller, DEFAULT_WORKSPACE, move |connection, _| {
            let found = store::find(connection, id)?.ok_or(WorkspaceError::NotFound)?;
            store::rename(connection, id, &name).map_err(taken)?;
            record(connection, &by, "workspace.rename", (id, &name), now)?;
            Ok(Workspace { name, ..found })
        })
        .await
    }

    /// Invites somebody into a workspace that they may rule over: the first person there, or one who helps out.
    pub(in crate::identity) async fn invite_elsewhere(
        &self,
        maker: &Principal,
        workspace: i64,
        new: NewUser,
        envelope: Envelope,
    ) -> Result<Invited, WorkspaceError> {
        if !sees(maker, workspace) {
            return Err(WorkspaceError::NotFound);
        }
        rules(maker)?;
        let find = move |connection: &mut dyn Connection| store::find(connection, workspace);
        self.0.parts.database.read(find).await?.ok_or(WorkspaceError::NotFound)?;
        Ok(self.invite_into(maker, workspace, new, envelope).await?)
    }
}

fn sees(principal: &Principal, workspace: i64) -> bool {
    principal.workspace == DEFAULT_WORKSPACE || principal.workspace == workspace
}

/// A workspace's first key may everything in it, so who makes it has to have as much.
fn rules(principal: &Principal) -> Result<(), WorkspaceError> {
    let all = principal.workspace == DEFAULT_WORKSPACE && principal.permissions == Permissions::Every;
    if all { Ok(()) } else { Err(WorkspaceError::Elsewhere) }
}

fn checked(name: &str) -> Result<String, WorkspaceError> {
    let name = name.trim();
    if users::is_name(name) { Ok(name.to_owned()) } else { Err(WorkspaceError::Name) }
}

fn taken(error: Error) -> WorkspaceError {
    if matches!(error, Error::Conflict) { WorkspaceError::Taken } else { error.into() }
}

/// In the record of the default workspace, where it was done.
fn record(
    connection: &mut dyn Connection,
    by: &Principal,
    action: &'static str,
    (id, name): (i64, &str),
    at: crate::clock::Timestamp,
) -> crate::store::Result<()> {
    let entry = Entry { workspace: by.workspace, at, principal: &by.id, action };
    entry.write(connection, &id.to_string(), &json!({ "name": name }))
}
