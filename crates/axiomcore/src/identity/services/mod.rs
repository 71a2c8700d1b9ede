//! Service accounts: programs with a name and roles of their own, and as many API keys as they need.
//!
//! A key that somebody makes for themselves ends with them. A service account stays when people go: it belongs to
//! somebody, who is asked about it, and to somebody else when they leave.

mod manage;
pub(super) mod store;

use super::Lapsed;
use super::authority::NotGranted;
use crate::clock::Timestamp;
use crate::entropy::Unavailable;

/// What a service account's id begins with.
const SERVICE: char = 's';

/// Whether an id is one that a service account has or had.
pub(super) fn is_id(id: &str) -> bool {
    id.strip_prefix(SERVICE).is_some_and(super::users::is_made)
}

/// A service account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its id within the workspace, which is also its principal's.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Names of roles.
    pub roles: Vec<String>,
    /// The user who is asked about it. It may no more and no less for that.
    pub owner: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
}

/// What a service account is to be.
#[derive(Clone, Debug)]
pub struct NewService {
    /// What it is called.
    pub name: String,
    /// Names of roles.
    pub roles: Vec<String>,
    /// The user who is asked about it; without it its maker, or whose the key is that it is made with.
    pub owner: Option<String>,
}

/// Why something was not done with a service account.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no such service account here.
    #[error("there is no such service account")]
    NotFound,
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters, none of them a control character")]
    Name,
    /// There is no such role.
    #[error("there is no role `{0}`")]
    Role(String),
    /// Nobody can be asked about it.
    #[error("the owner is no user who can sign in")]
    Owner,
    /// Nobody hands on more than they have, or rules over what has more.
    #[error("this needs all permissions that the service account has or would get")]
    TooMuch,
    /// Its keys may stay, and what is given with a key that ends does not.
    #[error("a key that expires gives no service account more than it has: its keys may outlive that one")]
    Outlives,
    /// Nobody could manage the workspace any more.
    #[error("nobody else has all permissions")]
    Last,
    /// There is no randomness to make an id from.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// Who asked cannot do it any more.
    #[error(transparent)]
    Lapsed(#[from] Lapsed),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

impl From<NotGranted> for ServiceError {
    fn from(error: NotGranted) -> Self {
        match error {
            NotGranted::Role(name) => Self::Role(name),
            NotGranted::TooMuch => Self::TooMuch,
            NotGranted::Store(error) => Self::Store(error),
        }
    }
}
