//! People: who they are, and what may be done with them.

mod change;
mod invite;
mod read;
mod sessions;

pub use change::*;
pub use invite::*;
pub use read::*;
pub use sessions::*;

use serde::Serialize;
use utoipa::ToSchema;

use super::passwords::not_taken;
use crate::http::Problem;
use crate::identity::codes::{
    EMAIL_INVALID, EMAIL_TAKEN, GRANTS_TOO_MUCH, HASH_INVALID, HEIR_INVALID, LAST_ADMINISTRATOR, NAME_INVALID,
    OUTLIVES_MAKER, OWNS_SERVICES, PASSWORD_UNFIT, PEOPLE_ONLY, ROLE_UNKNOWN, TICKET_INVALID, USER_NOT_FOUND,
};
use crate::identity::{User, UserError};

/// Somebody who signs in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// Recorded with everything they do.
    id: String,
    /// What they sign in with.
    email: String,
    name: String,
    /// Names of roles.
    roles: Vec<String>,
    /// `invited` until they have chosen a password, `active`, or `disabled`.
    #[schema(pattern = "^(invited|active|disabled)$")]
    status: &'static str,
    #[schema(format = DateTime)]
    created_at: String,
    created_by: String,
    #[schema(format = DateTime)]
    last_sign_in_at: Option<String>,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            name: user.name,
            roles: user.roles,
            status: user.status.name(),
            created_at: user.created_at.to_string(),
            created_by: user.created_by,
            last_sign_in_at: user.last_sign_in_at.map(|at| at.to_string()),
        }
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        let detail = error.to_string();
        match error {
            UserError::NotFound => Self::new(&USER_NOT_FOUND),
            UserError::Taken => Self::new(&EMAIL_TAKEN).pointer("/email"),
            UserError::Email => Self::new(&EMAIL_INVALID).pointer("/email"),
            UserError::Name => Self::new(&NAME_INVALID).pointer("/name"),
            UserError::Role(_) => Self::new(&ROLE_UNKNOWN).detail(detail).pointer("/roles"),
            UserError::Hash(_) => Self::new(&HASH_INVALID).detail(detail).pointer("/password_hash"),
            UserError::Outlives => Self::new(&OUTLIVES_MAKER).detail(detail),
            UserError::TooMuch => Self::new(&GRANTS_TOO_MUCH).detail(detail),
            UserError::Owns(services) => Self::new(&OWNS_SERVICES).detail(detail).with("services", services),
            UserError::Heir => Self::new(&HEIR_INVALID).detail(detail),
            UserError::Nobody => Self::new(&PEOPLE_ONLY),
            UserError::Last => Self::new(&LAST_ADMINISTRATOR),
            UserError::Ticket => Self::new(&TICKET_INVALID).pointer("/ticket"),
            UserError::Password(error) => not_taken(error, "/old"),
            UserError::Unfit(why) => Self::new(&PASSWORD_UNFIT).detail(why.to_string()),
            UserError::Hashing(error) => error.into(),
            UserError::Entropy(error) => Self::internal(error),
            UserError::Lapsed(lapsed) => lapsed.into(),
            UserError::Store(error) => error.into(),
        }
    }
}
