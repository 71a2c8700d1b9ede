//! What an installation has, for whoever watches it: agents and models, room on its disk, which program runs.

use std::path::Path;
use std::time::Duration;

use axiomcore::lifecycle::Stopping;
use axiomcore::store::{Connection, Result};
use axiomcore::telemetry::{Declaration, Gauge, Metrics};
use freeagentics_inference::numerics;
use rustix::fs::{StatVfs, statvfs};

use crate::server::Platform;

/// How often agents and models are counted: counting a million takes a tenth of a second.
const EVERY: Duration = Duration::from_secs(60);

/// Handles to what is counted from time to time.
#[derive(Debug)]
pub(crate) struct Gauges {
    agents: Gauge,
    models: Gauge,
}

impl Gauges {
    /// Registers them, with what is read only when somebody looks.
    pub(crate) fn of_installation(metrics: &Metrics, data: &Path) -> Self {
        let build =
            Declaration::gauge("freeagentics_build_info", &["version", "numerics"], "1, for the running program");
        metrics.gauges(build).with(&[env!("CARGO_PKG_VERSION"), &numerics::VERSION.to_string()]).set(1.0);
        let disk = |name, help, bytes: fn(&StatVfs) -> u64| {
            let data = data.to_owned();
            let room = move || Some(bytes(&statvfs(&data).ok()?) as f64);
            metrics.observed(Declaration::gauge(name, &[], help), room);
        };
        disk("freeagentics_data_free_bytes", "Room left on the disk of the data folder", |disk| {
            disk.f_bavail.saturating_mul(disk.f_frsize)
        });
        disk("freeagentics_data_size_bytes", "Size of the disk of the data folder", |disk| {
            disk.f_blocks.saturating_mul(disk.f_frsize)
        });
        let gauge = |name, help| metrics.gauge(Declaration::gauge(name, &[], help));
        Self {
            agents: gauge(
                "freeagentics_agents",
                "Agents that are not deleted, in all workspaces; counted every minute",
            ),
            models: gauge("freeagentics_models", "Models, each with all its versions; counted every minute"),
        }
    }
}

/// Counts until the server stops.
pub(crate) async fn keep_counting(platform: Platform, stopping: Stopping) {
    loop {
        match platform.database.read(count).await {
            Ok((agents, models)) => {
                platform.gauges.agents.set(agents as f64);
                platform.gauges.models.set(models as f64);
            }
            Err(error) => tracing::warn!(cause = %error, "agents and models were not counted: {error}"),
        }
        tokio::select! {
            () = stopping.requested() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

fn count(connection: &mut dyn Connection) -> Result<(i64, i64)> {
    let mut one = |sql: &str| connection.query(sql, &[])?.first().map_or(Ok(0), |row| row.int(0));
    let agents = one("SELECT COUNT(*) FROM agents WHERE deleted_at IS NULL")?;
    Ok((agents, one("SELECT COUNT(*) FROM (SELECT DISTINCT workspace, name FROM models) named")?))
}
