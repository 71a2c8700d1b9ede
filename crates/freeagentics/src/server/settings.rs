//! What can be set about the server: the sections of all its parts, in one schema.

use axiomcore::config::Schema;
use axiomcore::service;
pub(crate) use axiomcore::service::{ANCHOR_FILE, Config};

use crate::{live, runtime};

/// What variables of the environment begin with.
pub(crate) const PREFIX: &str = "FREEAGENTICS";

/// The SQLite database, in the data folder.
pub(crate) const DATABASE_FILE: &str = "freeagentics.db";

/// All sections.
pub(crate) fn schema() -> Schema {
    service::schema(PREFIX).with::<runtime::Config>().with::<live::Config>()
}
