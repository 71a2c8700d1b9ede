//! What was measured.

use harness::Result;
use harness::report::{count, line, table};
use harness::usage::Usage;
use serde::Serialize;

use crate::arguments::Database;
use crate::generator::{Measured, Percentiles};
use crate::maze::Pattern;

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) database: Database,
    pub(crate) processors: usize,
    pub(crate) agents: u32,
    pub(crate) seed: u64,
    pub(crate) settings: Vec<String>,
    pub(crate) machine: Machine,
    pub(crate) fleet: Fleet,
    pub(crate) loads: Vec<Phase>,
    pub(crate) restart: Restart,
}

/// What the machine does when nothing else is asked of it.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    /// Of 4 KiB, in milliseconds.
    pub(crate) fdatasync: Percentiles,
    pub(crate) bare_insert_rows_per_second: f64,
    /// In a closed loop, and in an open one: the least that any latency here can be.
    pub(crate) bare_http: Vec<Phase>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Fleet {
    pub(crate) created_in_seconds: f64,
    pub(crate) server_after_creation: Usage,
    /// After each agent was stepped once, so that all are in memory.
    pub(crate) hot_in_seconds: f64,
    pub(crate) server_when_hot: Usage,
    pub(crate) errors: u64,
}

/// One load and what it used.
#[derive(Debug, Serialize)]
pub(crate) struct Phase {
    pub(crate) name: String,
    /// Of the fleet's agents, which are stepped.
    pub(crate) pattern: Pattern,
    /// Steps per request.
    pub(crate) batch: Option<u32>,
    pub(crate) explain: Option<String>,
    pub(crate) measured: Measured,
    pub(crate) server: Usage,
    /// PostgreSQL's processes, if it is the database.
    pub(crate) database: Usage,
    /// The drill's own.
    pub(crate) client: Usage,
}

#[derive(Debug, Serialize)]
pub(crate) struct Restart {
    pub(crate) how: &'static str,
    pub(crate) start_to_ready_ms: f64,
    pub(crate) server_after_start: Usage,
    /// Of agents asked one after the other over one connection, each for the first time after the start.
    pub(crate) cold_agents: u32,
    pub(crate) cold: Percentiles,
    pub(crate) errors: u64,
}

impl Report {
    pub(crate) fn is_without_errors(&self) -> bool {
        let phases = self.loads.iter().all(|phase| phase.measured.errors.is_empty() && phase.measured.given_up == 0);
        phases && self.fleet.errors == 0 && self.restart.errors == 0
    }

    pub(crate) fn tell(&self) -> Result<()> {
        let Self { machine, fleet, restart, .. } = self;
        line(&format!(
            "{:?}, {} processors, {} T-maze agents, seed {}",
            self.database,
            self.processors,
            count(self.agents.into()),
            self.seed
        ))?;
        line(&format!("fdatasync of 4 KiB: {}", told(machine.fdatasync)))?;
        let rows = count(machine.bare_insert_rows_per_second as u64);
        line(&format!("bare insert, groups of 1,000 rows of 250 bytes: {rows} rows/s"))?;
        line(&format!(
            "fleet: created in {:.1} s; each stepped once in {:.1} s; then {:.0} MiB resident (peak {:.0})",
            fleet.created_in_seconds,
            fleet.hot_in_seconds,
            fleet.server_when_hot.resident_mib,
            fleet.server_when_hot.peak_mib
        ))?;
        line("")?;
        let heads = ["load", "pattern", "steps/s", "p50 ms", "p95", "p99", "p99.9", "max", "errors"];
        let more = ["server CPU s", "database", "client", "µs/step", "server MiB"];
        let mut rows = vec![heads.map(str::to_owned).into_iter().chain(more.map(str::to_owned)).collect::<Vec<_>>()];
        rows.extend(machine.bare_http.iter().chain(&self.loads).map(Phase::row));
        table(&rows)?;
        line("")?;
        line(&format!("restart ({}): ready after {:.0} ms", restart.how, restart.start_to_ready_ms))?;
        line(&format!("{} cold agents, one by one: {}", count(restart.cold_agents.into()), told(restart.cold)))
    }
}

impl Phase {
    fn row(&self) -> Vec<String> {
        let Self { measured, .. } = self;
        let pattern = if self.pattern == Pattern::Random { "random" } else { "round-robin" };
        let Percentiles { p50, p95, p99, p999, max } = measured.latency;
        let errors = measured.errors.iter().map(|(status, n)| format!("{n}×{status}"));
        let given_up = (measured.given_up > 0).then(|| format!("{} given up", measured.given_up));
        let errors: Vec<String> = errors.chain(given_up).collect();
        let cpu = self.server.cpu_seconds() + self.database.cpu_seconds();
        let per_step = cpu * 1e6 / (measured.steps.max(1) as f64 * self.over_all(measured));
        let mut row = vec![self.name.clone(), pattern.to_owned(), count(measured.steps_per_second as u64)];
        row.extend([p50, p95, p99, p999, max].map(|millis| format!("{millis:.2}")));
        row.push(if errors.is_empty() { "0".into() } else { errors.join(" ") });
        row.extend([&self.server, &self.database, &self.client].map(|usage| format!("{:.1}", usage.cpu_seconds())));
        row.extend([format!("{per_step:.1}"), format!("{:.0}", self.server.resident_mib)]);
        row
    }

    /// Processor time is that of the whole load, steps are those of the counted part of it.
    fn over_all(&self, measured: &Measured) -> f64 {
        (measured.load.warm_up + measured.load.duration).as_secs_f64() / measured.seconds
    }
}

fn told(latency: Percentiles) -> String {
    let Percentiles { p50, p99, max, .. } = latency;
    format!("p50 {p50:.2} ms, p99 {p99:.2} ms, max {max:.2} ms")
}
