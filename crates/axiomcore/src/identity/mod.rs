//! Who asks, and what they may do.
//!
//! A handler says in its signature what its caller needs: [`Allowed<P>`](Allowed) as the first argument yields the
//! [`Principal`], and without a principal there is nothing to query with. Principals come from credentials; so far those
//! are API keys ([`Identity::create_key`]), the first of them made by [`Identity::bootstrap`].

mod allowed;
mod bootstrap;
mod cache;
pub mod codes;
mod config;
mod key;
mod keys;
mod migrations;
mod permission;
mod principal;
mod service;
mod store;

pub use allowed::{Allowed, Authenticated};
pub use bootstrap::{Bootstrap, BootstrapError};
pub use config::Config;
pub use keys::{CreatedKey, Error, NewKey};
pub use migrations::MIGRATIONS;
pub use permission::{Permission, Permissions, Require};
pub use principal::{Principal, PrincipalKind};
pub use service::{Identity, IdentityParts};
pub use store::{DEFAULT_WORKSPACE, Key};
