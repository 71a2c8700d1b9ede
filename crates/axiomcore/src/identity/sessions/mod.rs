//! Signing in, and what comes of it: a session, with a secret text that lets its holder be who they are until it ends.
//!
//! A browser keeps the text in a cookie. A program gets access tokens instead, and a refresh token to come by new ones
//! with: it is good once, and showing an old one again ends the session, because then two have it.

mod by_passkey;
mod enter;
mod manage;
mod recognise;
mod refresh;
mod replaced;
mod sign_in;
pub(super) mod store;
mod text;

pub use refresh::{RefreshError, Refreshed};
pub(super) use text::place_of;

use std::time::Duration;

use crate::clock::Timestamp;
use crate::config::Secret;
use crate::entropy::Unavailable;

use super::passkeys::Assertion;
use super::passwords::HashError;
use super::{AccessToken, CameBy, Challenge, Proof, TokenError, User};

/// Somebody's presence, from signing in to signing out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// When somebody signed in.
    pub created_at: Timestamp,
    /// When it was last used, to about a minute.
    pub last_used_at: Timestamp,
    /// When it ends by itself, however much it is used.
    pub expires_at: Timestamp,
    /// Where they signed in from.
    pub origin: Origin,
}

/// Where somebody signs in from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address.
    pub address: String,
    /// What their browser or program calls itself.
    pub client: String,
}

/// What somebody says who wants to sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The name of the workspace that they are in; the default one without it.
    pub workspace: Option<String>,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: Secret<String>,
    /// Their second factor, if they show it at once.
    pub proof: Option<Proof>,
    /// What they were given when they last signed in with this device.
    pub device: Option<Secret<String>>,
    /// Where they are.
    pub origin: Origin,
    /// How they want to be recognised from then on.
    pub way: Way,
}

/// What somebody answers who is asked for their second factor.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The text of the challenge.
    pub challenge: Secret<String>,
    /// Their second factor.
    pub proof: Proof,
    /// What they were given when they last signed in with this device.
    pub device: Option<Secret<String>>,
    /// Where they are.
    pub origin: Origin,
    /// How they want to be recognised from then on.
    pub way: Way,
}

/// What somebody shows who wants to sign in with a passkey and nothing else.
#[derive(Clone, Debug)]
pub struct PasskeySignIn {
    /// What their device answered.
    pub shown: Assertion,
    /// What they were given when they last signed in with this device.
    pub device: Option<Secret<String>>,
    /// Where they are.
    pub origin: Origin,
    /// How they want to be recognised from then on.
    pub way: Way,
}

/// How somebody is recognised who has signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a text that a browser keeps in a cookie.
    Cookie,
    /// By access tokens, and a refresh token to get new ones with.
    Tokens,
}

impl Way {
    /// Whether somebody has asked for a cookie.
    pub(super) const fn of(cookie: bool) -> Self {
        if cookie { Self::Cookie } else { Self::Tokens }
    }

    /// What somebody comes by who is recognised so.
    pub(super) const fn came_by(self) -> CameBy {
        match self {
            Self::Cookie => CameBy::Cookie,
            Self::Tokens => CameBy::Token,
        }
    }
}

/// How signing in went on after the right password.
#[derive(Clone, Debug)]
pub enum SignInOutcome {
    /// They are in.
    SignedIn(Box<SignedIn>),
    /// They have a second factor to show, together with a text that stands for the password that they gave.
    FactorNeeded(Challenge),
}

/// Somebody who has just signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Where they belong to.
    pub workspace: i64,
    /// Who.
    pub user: User,
    /// What they are by from now on.
    pub session: Session,
    /// The session's text, or its first refresh token. This is the only moment at which it exists outside its holder's
    /// hands.
    pub text: Secret<String>,
    /// The first access token, if that is the way.
    pub token: Option<AccessToken>,
    /// The text by which this device is known from now on, if it was not.
    pub device: Option<Secret<String>>,
    /// How many recovery codes are left, if one was used.
    pub recovery_codes_left: Option<usize>,
    /// Whether they can do nothing until they have enrolled a second factor.
    pub must_enrol: bool,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// There is no such user with such a password, who may sign in.
    #[error("there is no such user with such a password")]
    Refused,
    /// The challenge is none, is used up or has expired.
    #[error("the challenge is used up, expired, or never was one")]
    Challenge,
    /// Too many sign-ins from this address were wrong; how long to wait.
    #[error("too many sign-ins from this address were wrong")]
    Throttled(Duration),
    /// Too many passwords are being hashed.
    #[error("too many people are signing in")]
    Busy,
    /// There is no access token for them.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// There is no randomness to make a secret from.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

impl From<HashError> for SignInError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            HashError::Entropy(error) => Self::Entropy(error),
            HashError::Failed(why) => Self::Store(crate::store::Error::Failed(why)),
        }
    }
}
