//! What somebody has made and given, and what that has made in turn: keys, service accounts, people, roles, tickets; and whom
//! they have let in again.
//!
//! Whoever's key is revoked, who is disabled, deleted or given less, leaves what was made while they could: a key of a service
//! account goes on working, and so does whom they invited. That is on purpose, for a key is replaced and somebody leaves
//! without everything standing still. After a theft it is what the thief has left behind, and so it can be looked at and ended
//! as one, from a moment on. Everything names its maker, and the credential that it was made with: a service account is one
//! maker with many keys, a person one with many sessions, and only one of those may have been stolen. That is what is followed
//! here, through what works no more, and through who is gone, as well. What was made before it was noted names no credential.

mod ending;
pub(super) mod given;
pub(super) mod let_in;
mod manage;
mod store;

pub(super) use store::departs;

use super::routes::{ReadKeys, ReadServices, ReadUsers, WriteKeys, WriteRoles, WriteServices, WriteUsers};
use super::{Lapsed, Permission, Require, users};
use crate::clock::Timestamp;

/// Something that works and would not be there without somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What it is.
    pub kind: MadeKind,
    /// Its id; of a role that was given, or a ticket, that of who has it; of a role that was made or widened its name.
    pub id: String,
    /// The name of the role, if it is about one.
    pub role: Option<String>,
    /// The permission that the role was given, if it was widened.
    pub permission: Option<String>,
    /// Who made or gave it, or let them in again: whoever was asked about, or something else that they have made.
    pub made_by: String,
    /// The credential that they did it with, a key or a session, if that is known.
    pub made_with: Option<String>,
    /// When.
    pub made_at: Timestamp,
}

/// What somebody makes or gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MadeKind {
    /// An API key that works.
    Key,
    /// A service account that a key opens.
    Service,
    /// A user who can sign in, or has been invited, or was let in again.
    User,
    /// A role that the workspace has.
    CustomRole,
    /// A permission that a role was given which had been there before.
    Permission,
    /// A role that was given to who had been there before.
    Role,
    /// A ticket for who had been there before, which nobody has taken up yet.
    Ticket,
}

impl MadeKind {
    /// As it is shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Service => "service",
            Self::User => "user",
            Self::CustomRole => "custom_role",
            Self::Permission => "permission",
            Self::Role => "role",
            Self::Ticket => "ticket",
        }
    }
}

impl Made {
    /// Whether it can make something itself.
    const fn makes(&self) -> bool {
        matches!(self.kind, MadeKind::Key | MadeKind::Service | MadeKind::User)
    }

    /// What it takes to see it, and to end it, by itself.
    fn takes(&self) -> (Permission, Permission) {
        match self.kind {
            MadeKind::Key => (ReadKeys::PERMISSION, WriteKeys::PERMISSION),
            MadeKind::Service => (ReadServices::PERMISSION, WriteServices::PERMISSION),
            MadeKind::CustomRole | MadeKind::Permission => (ReadUsers::PERMISSION, WriteRoles::PERMISSION),
            MadeKind::Role if !users::is_id(&self.id) => (ReadServices::PERMISSION, WriteServices::PERMISSION),
            MadeKind::User | MadeKind::Role | MadeKind::Ticket => (ReadUsers::PERMISSION, WriteUsers::PERMISSION),
        }
    }
}

/// All that somebody has made, as far as who asks may see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllMade {
    /// The earliest first.
    pub items: Vec<Made>,
    /// How many more there are.
    pub withheld: usize,
}

/// From whom on, and from when on.
#[derive(Clone, Debug)]
pub struct Lineage {
    /// Whoever made it: the id of a user, of a key, of a service account or of a session, which may be gone.
    pub by: String,
    /// Only what was made from then on, also by what was made before.
    pub since: Option<Timestamp>,
}

/// Why what somebody has made was not shown or ended.
#[derive(Debug, thiserror::Error)]
pub enum MadeError {
    /// Nobody of this id is or was here and has made anything.
    #[error("nobody of this id is here, or has made anything")]
    NotFound,
    /// Nobody ends what may more than they do.
    #[error("this needs all permissions of what was made")]
    TooMuch,
    /// Nobody ends together with other things what they could not end by itself.
    #[error("something of it takes the permission `{0}`, and the credential does not have it")]
    Lacks(&'static str),
    /// Who needed a second factor would need none, when the key has ended.
    #[error("a key that expires takes no role away without which somebody needs no second factor")]
    Loosens,
    /// Nobody could manage the workspace any more.
    #[error("nobody else has all permissions")]
    Last,
    /// Who asked cannot do it any more.
    #[error(transparent)]
    Lapsed(#[from] Lapsed),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}
