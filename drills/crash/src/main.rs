//! The crash drill: `kill -9` at random moments while clients work. Nothing that was acknowledged may be lost, nothing
//! done twice, and the log must replay to the same bits. With `--gently` the server is asked to end (`SIGTERM`) in the midst of
//! the work, as a deployment does: then nothing that it did may be without an answer either.

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use harness::Result;
use harness::installation::{Disk, Installation, beside_this_program};
use harness::siege::{self, Outcome};
use harness::{installation, report};
use testbed::Postgres;

/// Kills a server again and again while clients work, and compares.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    siege: siege::Arguments,
    /// The database. A PostgreSQL server is started for the drill; it is not killed.
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// Breaks the drill on purpose: on a disk that only says that it synchronises, it must fail.
    #[arg(long)]
    on_a_lying_disk: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

fn main() -> ExitCode {
    match drill(&Arguments::parse()) {
        Ok(outcome) if outcome.faults.is_empty() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(failure) => report::failed(&failure),
    }
}

fn drill(arguments: &Arguments) -> Result<Outcome> {
    let plan = arguments.siege.plan()?;
    report::line(&format!(
        "crash drill: {} {}, seed {}, {:?}",
        plan.rounds,
        if plan.gently { "ends in order" } else { "kills" },
        plan.seed,
        arguments.database
    ))?;
    let folder = tempfile::tempdir()?;
    let postgres = (arguments.database == Database::Postgres).then(Postgres::start);
    let url = postgres.as_ref().map(Postgres::url);
    let installation = Installation::new(&arguments.siege.program()?, folder.path(), url.as_deref())?;
    let disk = if arguments.on_a_lying_disk { lying_disk()? } else { Disk::Real };
    let outcome = siege::besiege(&installation, &plan, |_| disk.clone())?;
    outcome.tell()?;
    report::write(arguments.siege.report.as_deref(), &outcome)?;
    if outcome.faults.is_empty() {
        report::line("nothing lost, nothing doubled, no gap; the log replays to the same bits")?;
    } else {
        report::line(&format!("FAILED; the installation is kept in {}", folder.keep().display()))?;
    }
    Ok(outcome)
}

fn lying_disk() -> Result<Disk> {
    Ok(Disk::Lossy { library: beside_this_program(installation::LOSSY_DISK)?, leak: None, lies: true })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
