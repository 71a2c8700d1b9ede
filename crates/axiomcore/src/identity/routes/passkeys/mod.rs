//! Passkeys over HTTP: registering, listing and removing one's own, and signing in with one. What browsers take and give has
//! the form, and the names, that the standard (WebAuthn) gives it; what stands around it has ours.

mod answers;
mod manage;
mod options;
mod register;
mod sign_in;

pub(super) use answers::AssertionBody;
pub use manage::*;
pub(super) use options::RequestView;
pub use register::*;
pub use sign_in::*;

use crate::http::Problem;
use crate::identity::PasskeyError;
use crate::identity::codes::{
    NAME_INVALID, PASSKEY_EXISTS, PASSKEY_INVALID, PASSKEY_NOT_FOUND, PASSKEYS_OFF, TOO_MANY_PASSKEYS,
};

impl From<PasskeyError> for Problem {
    fn from(error: PasskeyError) -> Self {
        match error {
            PasskeyError::Off => Self::new(&PASSKEYS_OFF),
            PasskeyError::Invalid(flaw) => Self::new(&PASSKEY_INVALID).detail(flaw.to_string()).pointer("/credential"),
            PasskeyError::Exists => Self::new(&PASSKEY_EXISTS),
            PasskeyError::NotFound => Self::new(&PASSKEY_NOT_FOUND),
            PasskeyError::TooMany => Self::new(&TOO_MANY_PASSKEYS),
            PasskeyError::Name => Self::new(&NAME_INVALID).pointer("/name"),
            PasskeyError::Factor(error) => error.into(),
            PasskeyError::Entropy(error) => Self::internal(error),
            PasskeyError::Lapsed(lapsed) => lapsed.into(),
            PasskeyError::Store(error) => error.into(),
        }
    }
}
