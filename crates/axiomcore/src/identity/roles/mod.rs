//! Roles: names for sets of permissions. Some every workspace has, declared by the service; others a workspace makes.

mod manage;
pub(super) mod store;

pub(super) use manage::{bearers_lose, take_away};

use super::{Lapsed, Permission, Permissions};
use crate::clock::Timestamp;

/// What a role may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Everything, what later versions add included.
    Every,
    /// These.
    Only(&'static [Permission]),
}

/// A role that every installation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name, which users are stored with.
    pub name: &'static str,
    /// Whom it is for, in one line.
    pub meaning: &'static str,
    /// What it may do.
    pub grant: Grant,
}

impl Role {
    /// What it may do.
    pub fn permissions(&self) -> Permissions {
        match self.grant {
            Grant::Every => Permissions::Every,
            Grant::Only(permissions) => Permissions::only(permissions),
        }
    }
}

/// A role that a workspace has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomRole {
    /// Its name, which users and service accounts are stored with.
    pub name: String,
    /// Whom it is for, in one line.
    pub meaning: String,
    /// What it may do; never everything.
    pub permissions: Permissions,
    /// Whether who has it needs a second factor.
    pub factor_required: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
}

/// What a role is to be.
#[derive(Clone, Debug)]
pub struct NewRole {
    /// Its name.
    pub name: String,
    /// Whom it is for, in one line.
    pub meaning: String,
    /// What it may do.
    pub permissions: Permissions,
    /// Whether who has it needs a second factor.
    pub factor_required: bool,
}

/// Why something was not done with a role.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// The workspace has made no such role.
    #[error("there is no such role, or it is one that every workspace has")]
    NotFound,
    /// There is one of this name.
    #[error("there is a role of this name already")]
    Taken,
    /// The name could not stand in an address or a list.
    #[error("a role's name has 1 to 60 of a-z, 0-9, _ and -, and begins with a letter")]
    Name,
    /// The meaning is empty or too long.
    #[error("a role's meaning has 1 to 200 characters, none of them a control character")]
    Meaning,
    /// The service has no such permission.
    #[error("there is no permission `{0}`")]
    Permission(String),
    /// Nobody hands on more than they have, or rules over what has more.
    #[error("this needs all permissions that the role has or would get")]
    TooMuch,
    /// Whoever has the role stays, and what is given with a key that ends does not.
    #[error("a key that expires lets no role do more than before: whoever has it would outlive the key")]
    Outlives,
    /// The same of who has to show a second factor, and would not any more.
    #[error(
        "a key that expires lets nobody go without a second factor who needed one: they would do so when it has ended"
    )]
    Loosens,
    /// Who asked cannot do it any more.
    #[error(transparent)]
    Lapsed(#[from] Lapsed),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}
