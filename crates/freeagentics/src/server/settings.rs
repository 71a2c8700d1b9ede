//! What can be set about the server: the sections of all its parts, in one schema.

use std::path::PathBuf;

use axiomcore::config::{self, Checks, Schema};
use axiomcore::identity::{self, mail};
use axiomcore::{audit, http, limits, redis, sealing, telemetry, tls};

use crate::{live, runtime};

/// What variables of the environment begin with.
pub(crate) const PREFIX: &str = "FREEAGENTICS";

/// The SQLite database, in the data folder.
pub(crate) const DATABASE_FILE: &str = "freeagentics.db";

/// The audit's checkpoints, in the data folder unless `audit.anchor_file` says otherwise.
pub(crate) const ANCHOR_FILE: &str = "audit-anchor.jsonl";

axiomcore::settings! {
    /// The server itself.
    pub(crate) struct Config in "server" {
        /// The folder with the data. It is made if there is none, for its owner only, and one process at a time uses it.
        pub(crate) data: PathBuf = "data".into();
    }
}
impl Checks for Config {}

/// All sections.
pub(crate) fn schema() -> Schema {
    Schema::new(PREFIX)
        .with::<Config>()
        .with::<config::Database>()
        .with::<http::Config>()
        .with::<limits::Config>()
        .with::<redis::Config>()
        .with::<identity::Config>()
        .with::<mail::Config>()
        .with::<sealing::Config>()
        .with::<audit::Config>()
        .with::<runtime::Config>()
        .with::<live::Config>()
        .with::<telemetry::Config>()
        .with::<tls::Config>()
        .checked(http::exposed)
}
