//! The HTTP of backups.

pub(crate) mod create;
pub(crate) mod list;

use axiomcore::http::Problem;
use axiomcore::identity::codes::DEFAULT_WORKSPACE_ONLY;

/// The workspace whose administrators run the installation.
const FIRST: i64 = 1;

/// A backup is of all workspaces.
fn only_first(workspace: i64) -> Result<(), Problem> {
    if workspace == FIRST { Ok(()) } else { Err(Problem::new(&DEFAULT_WORKSPACE_ONLY)) }
}
