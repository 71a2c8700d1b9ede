//! Access tokens: what a program shows with each request after somebody has signed in with it.
//!
//! A token (a JWT of RFC 9068, signed with RS256) says whose it is and to which session it belongs, and is good for ten
//! minutes. What its holder may do is not in it: that is looked up, so that it can change. Others can check tokens by the
//! public keys under `/.well-known/jwks.json`.
//!
//! The keys are made when the first token is wanted, lie in the database sealed, and are replaced by schedule and by
//! command. A new key is published before it signs and an old one until its last token has expired, so that a rotation
//! logs nobody out.
//!
//! The compact form is read and written here, on `ring`, and not by a library: `jsonwebtoken` takes its cryptography from
//! a provider for the whole process and reads a private key anew for each token; here, what we never write in a header is
//! refused.

mod claims;
mod compact;
pub(super) mod generate;
mod issue;
mod key;
mod keyring;
mod rotation;
mod store;

pub(super) use issue::TokenConfig;
pub use issue::{AccessToken, TokenError};
pub use key::Jwk;
pub use rotation::{Rotation, SEALED};

pub(super) use claims::Claims;
pub(super) use compact::Compact;
pub(super) use keyring::Keyring;
pub(super) use rotation::{ITSELF, KEPT};
