//! What is to be measured.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use serde::Serialize;

use crate::maze::Pattern;

/// Measures a server under load: steps one by one and in batches, in a closed and in an open loop, a fleet's creation,
/// its memory, a cold restart.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The database; a PostgreSQL server is started for the drill.
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    pub(crate) database: Database,
    /// Agents in the fleet.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(10..=9_999_999))]
    pub(crate) agents: u32,
    /// Which of them are stepped, in which order.
    #[arg(long, value_enum, default_value_t = Pattern::Random)]
    pub(crate) pattern: Pattern,
    /// Connections for steps one by one.
    #[arg(long, default_value_t = 64)]
    pub(crate) connections: usize,
    /// Steps in a batch.
    #[arg(long, default_value_t = 500)]
    batch: u32,
    /// Connections for batches.
    #[arg(long, default_value_t = 8)]
    pub(crate) batch_connections: usize,
    /// How long each load is counted, in seconds.
    #[arg(long, default_value_t = 20.0, value_name = "SECONDS")]
    seconds: f64,
    /// How long it is on before it is counted, in seconds.
    #[arg(long, default_value_t = 3.0, value_name = "SECONDS")]
    warm_up: f64,
    /// The open loop's rate, as a part of what the closed loop reached.
    #[arg(long, default_value_t = 0.7)]
    pub(crate) share: f64,
    /// The open loop's rate for steps one by one, in steps per second, instead of a share.
    #[arg(long)]
    pub(crate) rate: Option<f64>,
    /// The open loop's rate for batches, in steps per second, instead of a share.
    #[arg(long)]
    pub(crate) batch_rate: Option<f64>,
    /// What `explain` says in requests; nothing without it, so that the server's default holds.
    #[arg(long)]
    pub(crate) explain: Option<String>,
    /// A setting of the server (`key=value`). May be given several times.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// The folder to work in, which decides on the disk; a temporary one without it.
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// The program; without it, the `freeagentics` beside this one.
    #[arg(long, value_name = "FILE")]
    pub(crate) program: Option<PathBuf>,
    /// Decides on agents and arrivals.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Where to write the report, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Instead: load, stress, spike and soak, held against what the product promises as the least.
    #[arg(long)]
    pub(crate) endure: bool,
    /// Instead: what traces cost, by two servers that are alike but for them, in turn.
    #[arg(long, conflicts_with = "endure")]
    pub(crate) traces: bool,
    /// How long the soak is, in seconds.
    #[arg(long, default_value_t = 1800.0, value_name = "SECONDS", requires = "endure")]
    soak: f64,
    /// A small fleet for a short time: whether the drill works, not how fast the server is.
    #[arg(long)]
    smoke: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves nothing at all; the drill starts it for comparison.
    #[command(hide = true)]
    BareHttp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

impl Arguments {
    pub(crate) fn n_agents(&self) -> u32 {
        if self.smoke { 2_000 } else { self.agents }
    }

    /// Steps in a batch: no more than that every connection finds agents that no other has taken.
    pub(crate) fn batch(&self) -> u32 {
        let connections = u32::try_from(self.batch_connections).unwrap_or(u32::MAX).max(1);
        self.batch.min(self.n_agents() / connections / 2).max(1)
    }

    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs_f64(if self.smoke { 0.5 } else { self.seconds })
    }

    pub(crate) fn warm_up(&self) -> Duration {
        Duration::from_secs_f64(if self.smoke { 0.1 } else { self.warm_up })
    }

    pub(crate) fn soak(&self) -> Duration {
        Duration::from_secs_f64(if self.smoke { 2.0 } else { self.soak })
    }

    pub(crate) const fn is_smoke(&self) -> bool {
        self.smoke
    }

    /// How many agents are asked one after the other after the restart.
    pub(crate) fn n_cold(&self) -> u32 {
        1000.min(self.n_agents() / 10)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
