//! Who asks.

use super::Permissions;
use crate::clock::Timestamp;

/// Who asks, with what they may do. Made only by authentication, so holding one proves that it took place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The workspace that they belong to; every query is made in it.
    pub workspace: i64,
    /// Who they are within the workspace; recorded with everything they do.
    pub id: String,
    /// What they are.
    pub kind: PrincipalKind,
    /// What they may do.
    pub permissions: Permissions,
    /// Whether they have to enrol a second factor before they may do anything else.
    pub must_enrol: bool,
    /// The session that a person came by.
    pub session: Option<String>,
    /// The API key that a program came by.
    pub key: Option<String>,
    /// What kind of credential they came by.
    pub came_by: CameBy,
    /// When that credential ends by itself, if it does.
    pub expires_at: Option<Timestamp>,
}

impl Principal {
    /// The credential that they came by: it is noted with what they make, for a service account has many.
    pub(in crate::identity) fn credential(&self) -> Option<&str> {
        self.session.as_deref().or(self.key.as_deref())
    }

    /// When all ends that was made with what they came by, if it is a key that expires. (An access token ends as well, but
    /// who has one is a person, who stays.)
    pub(in crate::identity) fn key_ends_at(&self) -> Option<Timestamp> {
        self.key.as_ref().and(self.expires_at)
    }

    /// Whether they may let those who stay do this who could do that before. With a key that ends nobody comes to more than
    /// they had: they would have it when the key has ended.
    pub(in crate::identity) fn may_widen(&self, before: &Permissions, after: &Permissions) -> bool {
        self.key_ends_at().is_none() || before.cover(after)
    }
}

/// What kind of credential a principal came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameBy {
    /// An API key.
    Key,
    /// An access token of a session.
    Token,
    /// A session, by the text that a browser keeps in a cookie.
    Cookie,
}

/// What a principal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalKind {
    /// A program with an API key.
    ApiKey,
    /// A service account: a program with one of the account's API keys.
    Service,
    /// A person who has signed in.
    User,
}

impl CameBy {
    /// As shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Token => "token",
            Self::Cookie => "cookie",
        }
    }
}

impl PrincipalKind {
    /// As shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::Service => "service",
            Self::User => "user",
        }
    }
}
