//! Workspaces: installations within the installation, of which none sees another.
//!
//! Every credential belongs to one workspace and every query is made in it. Who may everything in the default workspace
//! makes others, renames them and invites people into them; what is inside of one only its own see.

mod manage;
pub(super) mod store;

use super::{CreatedKey, Lapsed, UserError};
use crate::clock::Timestamp;
use crate::entropy::Unavailable;

/// A workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A workspace that has just been made, with the key that opens it.
#[derive(Clone, Debug)]
pub struct NewWorkspace {
    /// The workspace.
    pub workspace: Workspace,
    /// Its administrator's first key.
    pub key: CreatedKey,
}

/// Why something was not done with a workspace.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// There is none, as far as the caller can see.
    #[error("there is no such workspace")]
    NotFound,
    /// There is one of this name.
    #[error("there is a workspace of this name already")]
    Taken,
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters, none of them a control character")]
    Name,
    /// Only who may everything in the default workspace does this.
    #[error("this takes all permissions in the default workspace")]
    Elsewhere,
    /// Its first key lasts, and what is made with a key that ends does not.
    #[error("a key that expires makes no workspace, whose first key would outlive it")]
    Outlives,
    /// The user was not invited.
    #[error(transparent)]
    User(#[from] UserError),
    /// There is no randomness to make a secret from.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// Who asked cannot do it any more.
    #[error(transparent)]
    Lapsed(#[from] Lapsed),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}
