//! Second factors: what somebody has, besides the password that they know.
//!
//! A factor is an authenticator app or a [passkey](super::passkeys). An app makes [codes by the clock](totp), each accepted once. Enrolling takes two moves, so that nobody locks
//! themselves out with a secret that never reached the app: the secret is told, then a code confirms it. Ten
//! [recovery codes](recovery) are for the day on which the app is lost. After the right password somebody with a factor gets
//! no session but a [challenge](challenge): a text that is good for one thing, for five minutes and five tries.
//!
//! Who must have a factor by their role and has none gets a session that can do nothing but enrol.

mod challenge;
mod manage;
mod migrations;
mod picture;
mod prove;
mod recovery;
pub(super) mod store;
mod totp;

pub(super) use manage::person;
pub use migrations::MIGRATIONS;
pub(super) use picture::picture_of;
pub(super) use prove::Proved;
pub use prove::SEALED;
pub use totp::one_time_code;

use crate::clock::Timestamp;
use crate::config::Secret;
use crate::entropy::Unavailable;
use crate::sealing::SealError;

use super::Lapsed;
use super::passkeys::{Assertion, RequestOptions};
use super::passwords::PasswordError;

/// What somebody shows of their second factor.
#[derive(Clone, Debug)]
pub enum Proof {
    /// What their app shows.
    Code(Secret<String>),
    /// One of the codes they wrote down.
    RecoveryCode(Secret<String>),
    /// A passkey of theirs.
    Passkey(Box<Assertion>),
}

/// What is asked of somebody after the right password.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// The text. This is the only moment at which it exists outside its holder's hands.
    pub text: Secret<String>,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// Whether they have an app whose code answers it.
    pub has_app: bool,
    /// What their browser needs to answer it with a passkey, if they have one.
    pub passkeys: Option<RequestOptions>,
}

/// Whether somebody has a second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorStatus {
    /// Since when they have an app.
    pub since: Option<Timestamp>,
    /// How many recovery codes nobody has used.
    pub recovery_codes_left: usize,
    /// How many passkeys they have.
    pub passkeys: usize,
    /// Whether their roles ask for a factor.
    pub is_required: bool,
}

/// A factor that waits to be confirmed. This is the only moment at which its secret is told.
#[derive(Clone, Debug)]
pub struct NewFactor {
    /// What to type into the app.
    pub secret: Secret<String>,
    /// The same for the app to read.
    pub uri: Secret<String>,
    /// Until when it can be confirmed.
    pub expires_at: Timestamp,
}

/// Why something was not done with a second factor.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// A program has no factors.
    #[error("only somebody who has signed in has factors")]
    Program,
    /// There is one already.
    #[error("there is a second factor already")]
    Exists,
    /// There is none, or none that waits to be confirmed.
    #[error("there is no such factor")]
    Missing,
    /// The code is not right, was used already, or is too old.
    #[error("the code is not right, or was used already")]
    Wrong,
    /// They have a factor and did not show it.
    #[error("the factor that is there has to be shown as well")]
    ProofNeeded,
    /// The password was not taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// There were too many wrong codes.
    #[error(transparent)]
    Blocked(#[from] super::attempts::Blocked),
    /// There is no randomness to make a secret from.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// The secret was not sealed.
    #[error(transparent)]
    Sealing(#[from] SealError),
    /// Who asked cannot do it any more.
    #[error(transparent)]
    Lapsed(#[from] Lapsed),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}
