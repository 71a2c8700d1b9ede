//! Decisions over HTTP: one file per endpoint.

pub(crate) mod get;
pub(crate) mod list;

use axiomcore::http::Problem;

use crate::agents::store;
use crate::runtime::Refused;
use crate::server::Platform;

/// An agent in the log.
#[derive(Clone, Copy, Debug)]
struct Traced {
    workspace: i64,
    /// Its last event.
    head: u64,
}

/// Finds an agent that is there; blocks.
fn trace(platform: &Platform, workspace: i64, agent: &str) -> Result<Traced, Refused> {
    let found = platform.database.read_blocking(|connection| store::find(connection, workspace, agent))?;
    let stored = found.ok_or(Refused::NotFound)?;
    if stored.deleted_at.is_some() {
        return Err(Refused::Deleted);
    }
    let log = platform.runtime.log();
    let head = platform.database.read_blocking(|connection| log.head(connection, workspace, stored.key))?;
    let head = head.ok_or_else(|| Refused::Internal(format!("agent {agent} has no events")))?;
    Ok(Traced { workspace, head: head.seq })
}

/// Reads on a thread that may block.
async fn reading<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)?
}
