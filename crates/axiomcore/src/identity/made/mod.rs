//! What somebody has made, and what that has made in turn: keys, service accounts, people.
//!
//! Whoever's key is revoked, who is disabled, deleted or given less, leaves what was made while they could: a key of a service
//! account goes on working, and so does whom they invited. That is on purpose, for a key is replaced and somebody leaves
//! without everything standing still. After a theft it is what the thief has left behind, and so it can be looked at and ended
//! as one, from a moment on. Everything names its maker; that is what is followed here, through what works no more as well.

mod manage;
mod store;

use super::Permissions;
use crate::clock::Timestamp;

/// Something that works and would not be there without somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What it is.
    pub kind: MadeKind,
    /// Its id.
    pub id: String,
    /// Who made it: whoever was asked about, or something else that they have made.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
}

/// What somebody makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MadeKind {
    /// An API key that works.
    Key,
    /// A service account that a key opens.
    Service,
    /// A user who can sign in, or has been invited.
    User,
}

impl MadeKind {
    /// As it is shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Service => "service",
            Self::User => "user",
        }
    }
}

/// From whom on, and from when on.
#[derive(Clone, Debug)]
pub struct Lineage {
    /// Whoever made it: the id of a user, of a key or of a service account, which may be gone.
    pub by: String,
    /// Only what was made from then on.
    pub since: Option<Timestamp>,
}

/// Why what somebody has made was not shown or ended.
#[derive(Debug, thiserror::Error)]
pub enum MadeError {
    /// Nobody of this id is or was here and has made anything.
    #[error("nobody of this id is here, or has made anything")]
    NotFound,
    /// Nobody ends what may more than they do.
    #[error("this needs all permissions of what was made, and `users:write` where people are among it")]
    TooMuch,
    /// Nobody could manage the workspace any more.
    #[error("nobody else has all permissions")]
    Last,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

/// What is ended, with what it may.
struct Ending {
    made: Made,
    permissions: Permissions,
}
