//! How a siege is asked for on a command line.

use std::path::PathBuf;
use std::time::Duration;

use super::Plan;
use crate::Result;
use crate::installation::beside_this_program;

/// What all sieges can be told.
#[derive(Debug, clap::Args)]
#[group(id = "siege")]
pub struct Arguments {
    /// How often the server is killed.
    #[arg(long, default_value_t = 200)]
    pub rounds: u64,
    /// Decides what is asked and when the server is killed (what it is doing just then, nothing decides). Random
    /// without it; it is printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Clients at the same time.
    #[arg(long, default_value_t = 6)]
    clients: usize,
    /// The longest time from the first request of a round until the kill, in milliseconds.
    #[arg(long, default_value_t = 400, value_name = "MS")]
    longest_round: u64,
    /// Asks the server to end (SIGTERM) instead of killing it: then it must answer everything that it has done.
    #[arg(long)]
    gently: bool,
    /// The program; without it, the `freeagentics` beside this one.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Where to write the report, as JSON.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

impl Arguments {
    /// The plan.
    ///
    /// # Errors
    /// If there is no randomness for a seed.
    pub fn plan(&self) -> Result<Plan> {
        Ok(Plan {
            seed: self.seed.map_or_else(random_seed, Ok)?,
            rounds: self.rounds,
            clients: self.clients.max(1),
            own_agents: 8,
            contested_agents: 4,
            longest_round: Duration::from_millis(self.longest_round),
            gently: self.gently,
        })
    }

    /// The product's program.
    ///
    /// # Errors
    /// If this program does not know where it is.
    pub fn program(&self) -> Result<PathBuf> {
        self.program.clone().map_or_else(|| beside_this_program("freeagentics"), Ok)
    }
}

/// Short, because people copy it.
fn random_seed() -> Result<u64> {
    let mut bytes = [0; 4];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, &mut bytes)?;
    Ok(u32::from_ne_bytes(bytes).into())
}
