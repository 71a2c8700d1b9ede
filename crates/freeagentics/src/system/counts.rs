//! How much there is. Counting a million agents takes a tenth of a second, so it is not done for everybody who looks.

use std::collections::BTreeMap;
use std::time::Duration;

use axiomcore::clock::Timestamp;
use axiomcore::store::{Connection, Result};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use crate::server::Platform;

/// How long a count is good enough.
const GOOD_FOR: Duration = Duration::from_secs(5);

/// How much there is, as of some seconds ago.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Counts {
    /// Models, each with all its versions.
    #[schema(minimum = 0)]
    models: i64,
    /// Agents that are not deleted.
    #[schema(minimum = 0)]
    agents: i64,
    /// Agents in memory; the others are read when they are asked.
    hot_agents: u64,
    /// Steps decided since the server started.
    steps: u64,
    /// Events in the log.
    #[schema(minimum = 0)]
    events: i64,
}

/// The last count of each workspace, with its moment.
#[derive(Debug, Default)]
pub(crate) struct LastCounts(Mutex<BTreeMap<i64, (Timestamp, Stored)>>);

/// What the database knows.
#[derive(Clone, Copy, Debug)]
struct Stored {
    models: i64,
    agents: i64,
    events: i64,
}

impl Counts {
    /// What there is in a workspace.
    pub(super) async fn of(platform: &Platform, workspace: i64) -> Result<Self> {
        let now = platform.clock.now();
        // Held while the database counts: whoever comes meanwhile wants to know the same.
        let mut last = platform.counts.0.lock().await;
        let fresh = last.get(&workspace).filter(|(at, _)| now.since(*at) < GOOD_FOR);
        let stored = match fresh {
            Some((_, stored)) => *stored,
            None => {
                let counted = platform.database.read(move |connection| count(connection, workspace)).await?;
                last.insert(workspace, (now, counted));
                counted
            }
        };
        let Stored { models, agents, events } = stored;
        let runtime = &platform.runtime;
        Ok(Self { models, agents, hot_agents: runtime.hot_agents(), steps: runtime.steps(), events })
    }
}

fn count(connection: &mut dyn Connection, workspace: i64) -> Result<Stored> {
    let mut one = |sql: &str, values: &[_]| {
        let rows = connection.query(sql, values)?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    };
    Ok(Stored {
        models: one("SELECT COUNT(DISTINCT name) FROM models WHERE workspace = $1", &[workspace.into()])?,
        agents: one("SELECT COUNT(*) FROM agents WHERE workspace = $1 AND deleted_at IS NULL", &[workspace.into()])?,
        events: one("SELECT COALESCE(MAX(seq), 0) FROM events", &[])?,
    })
}
