//! A whole service out of the parts of this crate, for a product to put its routes into.
//!
//! - [`Blueprint`]: what a product says of itself.
//! - [`Core`]: the parts, opened in the order in which one needs the other; handlers work on it.
//! - [`Service`]: a process that opens them; [`Listening`]: the same with an address, which keeps all of them going and ends
//!   them in order.
//!
//! `examples/notes.rs` is such a product, whole.

mod backups;
mod blueprint;
mod core;
mod error;
mod listening;
mod process;

use std::path::PathBuf;

pub use self::core::{Core, Ground, Parts};
pub use blueprint::{ANCHOR_FILE, Blueprint};
pub use error::ServiceError;
pub use listening::Listening;
pub use process::Service;

use crate::config::{self, Checks, Schema};
use crate::identity::{self, mail};
use crate::{audit, backup, http, limits, redis, sealing, telemetry, tls};

crate::settings! {
    /// The server itself.
    pub struct Config in "server" {
        /// The folder with the data. It is made if there is none, for its owner only, and one process at a time uses it.
        pub data: PathBuf = "data".into();
    }
}
impl Checks for Config {}

/// The sections of everything that a service has, to which a product adds its own; variables of the environment begin with
/// `prefix` and `__`.
pub fn schema(prefix: &'static str) -> Schema {
    Schema::new(prefix)
        .with::<Config>()
        .with::<config::Database>()
        .with::<http::Config>()
        .with::<limits::Config>()
        .with::<redis::Config>()
        .with::<identity::Config>()
        .with::<mail::Config>()
        .with::<sealing::Config>()
        .with::<audit::Config>()
        .with::<backup::Config>()
        .with::<telemetry::Config>()
        .with::<telemetry::traces::Config>()
        .with::<tls::Config>()
        .checked(http::exposed)
}
