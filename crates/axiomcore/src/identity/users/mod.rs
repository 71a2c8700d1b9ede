//! People: invited by somebody who may, they choose a password by themselves, and come in by [signing in](super::sessions).
//!
//! A *ticket* is what an invitation and a forgotten password have in common: a secret text that lets its holder choose a
//! password, once and for a while. Who asked for it hands it on; nobody can read it again.

mod accept;
mod email;
mod forgotten;
mod invite;
mod manage;
pub(super) mod store;

pub(super) use forgotten::ANYBODY;
pub(super) use invite::Invited;

use crate::clock::Timestamp;
use crate::config::Secret;
use crate::entropy::Unavailable;

use super::authority::NotGranted;
use super::passwords::{HashError, HashRefused, PasswordError};
use super::transaction::Losers;
use super::{Lapsed, Unfit, store as keys};
use crate::store::Connection;

/// What a user's id begins with.
const USER: char = 'u';

/// Whether an id is one that a user has or had: no other credential's, account's or session's has this form.
pub(super) fn is_id(id: &str) -> bool {
    id.strip_prefix(USER).is_some_and(is_made)
}

/// Whether this is 64 bits as ids have them.
pub(super) fn is_made(digits: &str) -> bool {
    digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit))
}

/// Somebody who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their id within the workspace, which is also their principal's.
    pub id: String,
    /// What they sign in with, in lower case.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// Names of roles.
    pub roles: Vec<String>,
    /// Whether they can sign in.
    pub status: Status,
    /// When they were invited.
    pub created_at: Timestamp,
    /// Who invited them.
    pub created_by: String,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
}

/// Whether somebody can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// They have not chosen a password yet.
    Invited,
    /// They can.
    Active,
    /// They cannot, until somebody enables them again.
    Disabled,
}

impl Status {
    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Invited, Self::Active, Self::Disabled].into_iter().find(|status| status.name() == name)
    }
}

/// Who is to be invited.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// What they will sign in with.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// Names of roles.
    pub roles: Vec<String>,
}

/// What lets its holder choose a password, once.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The text. This is the only moment at which it exists outside its holder's hands.
    pub text: Secret<String>,
    /// Until when it can be taken up.
    pub expires_at: Timestamp,
}

/// Why something was not done with a user.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// There is no such user here.
    #[error("there is no such user")]
    NotFound,
    /// A user has this address already.
    #[error("somebody has this email address already")]
    Taken,
    /// This is no address.
    #[error("this is no email address")]
    Email,
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters, none of them a control character")]
    Name,
    /// There is no such role.
    #[error("there is no role `{0}`")]
    Role(String),
    /// A hash from elsewhere cannot be verified here.
    #[error(transparent)]
    Hash(#[from] HashRefused),
    /// People stay, and what is made with a key that ends does not.
    #[error(
        "a key that expires brings nobody in, gives nobody more than they have and takes no second factor away: it would \
         outlive the key"
    )]
    Outlives,
    /// Nobody hands on more than they have, or rules over somebody who has more.
    #[error("this needs all permissions that the user has or would get")]
    TooMuch,
    /// Somebody has to be asked about so many service accounts.
    #[error("{0} service accounts are this user's, and nobody is named who gets them")]
    Owns(i64),
    /// Who is to get a user's service accounts is nobody who can sign in.
    #[error("whoever gets the service accounts is another user who can sign in")]
    Heir,
    /// A program has no password.
    #[error("only somebody who has signed in has a password")]
    Nobody,
    /// Nobody could manage the installation any more.
    #[error("nobody else has all permissions")]
    Last,
    /// The ticket is used, expired, or never was one.
    #[error("the ticket is used, expired, or never was one")]
    Ticket,
    /// The password of before was not taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The new password is not good enough.
    #[error("this password is not accepted: {0}")]
    Unfit(#[from] Unfit),
    /// The new password was not hashed.
    #[error(transparent)]
    Hashing(#[from] HashError),
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

impl From<NotGranted> for UserError {
    fn from(error: NotGranted) -> Self {
        match error {
            NotGranted::Role(name) => Self::Role(name),
            NotGranted::TooMuch => Self::TooMuch,
            NotGranted::Store(error) => Self::Store(error),
        }
    }
}

/// Notes that somebody may less from now on, with all that comes as theirs.
pub(super) fn lose(
    connection: &mut dyn Connection,
    workspace: i64,
    id: &str,
    losers: &mut Losers,
) -> crate::store::Result<()> {
    losers.add(id);
    keys::list_of_owner(connection, workspace, id)?.iter().for_each(|key| losers.add(key));
    Ok(())
}

/// Whether somebody or something can be called so. Characters that turn a line around or cannot be seen would let a name
/// look like another.
pub(super) fn is_name(name: &str) -> bool {
    let unseen = |c: char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let length = name.chars().count();
    !name.trim().is_empty() && length <= 200 && !name.chars().any(|c| c.is_control() || unseen(c))
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_name_is_what_people_can_see_and_read() {
        for name in ["Grace Hopper", "<script>alert(1)</script>", "Ḋ̇", "李小龍", "👩‍🚀", &"x".repeat(200)]
        {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "  ", "two\nlines", "ann\u{202e}nimda", "ad\u{200b}min", "\u{feff}ann", &"x".repeat(201)] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
