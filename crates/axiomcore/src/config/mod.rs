//! Configuration: typed, documented, from several sources, with the origin of every value.
//!
//! A part of the product declares its [`Section`] with [`settings!`](crate::settings): the doc comment of a key is its
//! reference text, its type says what a value looks like. A product lists its sections in a [`Schema`] and loads them:
//! defaults, then the [`Profile`]'s, then a TOML file, then the environment, then flags. A key that nobody declared is
//! refused, and so is a value that does not fit; all that is wrong is reported at once.

mod byte_size;
mod database;
mod fault;
mod period;
mod profile;
mod reference;
mod schema;
mod secret;
mod section;
mod setting;
mod settings;
mod sources;
mod spelling;
mod verification;

pub use byte_size::ByteSize;
pub use database::Database;
pub use fault::{Fault, Faults};
pub use period::Period;
pub use profile::Profile;
pub use reference::Entry;
pub use schema::Schema;
pub use secret::{Secret, SecretFileError};
pub use section::{Checks, Key, Misfit, Section};
pub use setting::{Raw, Setting};
pub use settings::{Line, Settings};
pub use sources::{Origin, Sources};
pub use verification::Verification;
