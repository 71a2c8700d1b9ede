//! The restore drill: a machine is lost in the middle of its work, with everything on its disk. What was shipped is restored
//! elsewhere; how much is missing and how long it took is measured, and what came back is compared with what was acknowledged.

mod load;
mod recovery;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use harness::Result;
use harness::installation::beside_this_program;
use harness::report;

/// Loses the data folder under load, restores it elsewhere, and measures.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// How much there is to be in the database before it is lost, in megabytes.
    #[arg(long, default_value_t = 1_000, value_name = "MB")]
    pub(crate) megabytes: u64,
    /// How long the load goes on after the backup, in seconds.
    #[arg(long, default_value_t = 20, value_name = "SECONDS")]
    pub(crate) seconds: u64,
    /// How often what is committed is shipped, in seconds.
    #[arg(long, default_value_t = 1, value_name = "SECONDS")]
    pub(crate) ship_interval: u64,
    /// The most that may be lost, in seconds.
    #[arg(long, default_value_t = 900.0, value_name = "SECONDS")]
    pub(crate) most_lost: f64,
    /// The longest until a server answers again, in seconds.
    #[arg(long, default_value_t = 3_600.0, value_name = "SECONDS")]
    pub(crate) longest: f64,
    /// The folder to work in, which decides on the disk; a temporary one without it.
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// The program; without it, the `freeagentics` beside this one.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Where to write the report, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn program(&self) -> Result<PathBuf> {
        self.program.clone().map_or_else(|| beside_this_program("freeagentics"), Ok)
    }
}

fn main() -> ExitCode {
    match drill(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => report::failed(&failure),
    }
}

fn drill(arguments: &Arguments) -> Result<bool> {
    let outcome = recovery::lose_and_restore(arguments)?;
    outcome.tell()?;
    report::write(arguments.report.as_deref(), &outcome)?;
    Ok(outcome.faults.is_empty())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
