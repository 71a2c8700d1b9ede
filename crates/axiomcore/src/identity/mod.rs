//! Who asks, and what they may do.
//!
//! A handler says in its signature what its caller needs: [`Allowed<P>`](Allowed) as the first argument yields the
//! [`Principal`], and without a principal there is nothing to query with. Principals come from credentials: a program's API
//! key ([`Identity::create_key`]), the first of them made by [`Identity::bootstrap`], or a person's session
//! ([`Identity::sign_in`]).

mod allowed;
pub mod attempts;
mod authenticate;
mod authority;
mod bootstrap;
mod cache;
mod changes;
pub mod codes;
mod config;
mod credential;
mod cross_site;
mod devices;
mod ended;
mod factors;
mod key;
mod keys;
mod made;
pub mod mail;
mod metrics;
mod migrations;
mod on_record;
mod passkeys;
mod passwords;
mod permission;
mod principal;
mod roles;
pub mod routes;
mod service;
mod services;
mod sessions;
mod settled;
mod store;
mod tokens;
mod transaction;
mod upkeep;
mod users;
mod workspaces;

pub use allowed::{Allowed, Anybody, Authenticated};
pub use attempts::SEALED as ATTEMPTS_SEALED;
pub use bootstrap::{Bootstrap, BootstrapError};
pub use changes::Watch;
pub use config::Config;
pub use devices::Device;
pub use factors::MIGRATIONS as FACTOR_MIGRATIONS;
pub use factors::SEALED as FACTORS_SEALED;
pub use factors::{Challenge, FactorError, FactorStatus, NewFactor, Proof, one_time_code};
pub use keys::{CreatedKey, KeyError, NewKey};
pub use made::{AllMade, Lineage, Made, MadeError, MadeKind};
pub use mail::SEALED as MAIL_SEALED;
pub use migrations::MIGRATIONS;
pub use on_record::RecordKeeper;
pub use passkeys::{
    Assertion, Attestation, CreationOptions, Descriptor, Flaw, MOST as MOST_PASSKEYS, NewPasskey, Passkey,
    PasskeyError, RequestOptions,
};
pub use passwords::{Algorithm, HashError, HashRefused, PasswordError, Unfit};
pub use permission::{Permission, Permissions, Require};
pub use principal::{CameBy, Principal, PrincipalKind};
pub use roles::{CustomRole, Grant, NewRole, Role, RoleError};
pub use service::{Identity, IdentityParts};
pub use services::{NewService, Service, ServiceError};
pub use sessions::{
    Answer, Origin, PasskeySignIn, RefreshError, Refreshed, Session, SignIn, SignInError, SignInOutcome, SignedIn, Way,
};
pub use settled::Lapsed;
pub(crate) use settled::Settled;
pub use store::{DEFAULT_WORKSPACE, Key};
pub use tokens::SEALED as TOKENS_SEALED;
pub use tokens::{AccessToken, Jwk, Rotation, TokenError};
pub use users::{NewUser, Status, Ticket, User, UserError};
pub use workspaces::{NewWorkspace, Workspace, WorkspaceError};
