//! The power-loss drill: the server's data lies on a disk that forgets everything since it was last synchronised, and
//! the power goes at random moments. Nothing that was acknowledged may be lost. Then the same on a disk that only says
//! that it synchronises: there the drill must find losses, or it would find none anywhere.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use harness::installation::{Disk, Installation, LOSSY_DISK, beside_this_program};
use harness::random::Random;
use harness::siege::{self, Outcome, Plan};
use harness::{Result, report};
use serde::Serialize;

/// Cuts a server's power again and again while clients work, and compares.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    siege: siege::Arguments,
    /// The disk that forgets; without it, the one beside this program.
    #[arg(long, value_name = "FILE")]
    lossy_disk: Option<PathBuf>,
    /// Only one of the two runs.
    #[arg(long, value_enum)]
    only: Option<Run>,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Run {
    /// Synchronised means synchronised.
    Honest,
    /// It means nothing. This run must fail.
    Lying,
}

/// Both runs.
#[derive(Debug, Serialize)]
struct Report {
    is_as_it_must_be: bool,
    runs: Vec<(Run, Outcome)>,
}

fn main() -> ExitCode {
    match drill(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => report::failed(&failure),
    }
}

fn drill(arguments: &Arguments) -> Result<bool> {
    let library = arguments.lossy_disk.clone().map_or_else(|| beside_this_program(LOSSY_DISK), Ok)?;
    if !library.is_file() {
        return Err(format!("there is no {}: build the workspace", library.display()).into());
    }
    let plan = arguments.siege.plan()?;
    let runs = [Run::Honest, Run::Lying].into_iter().filter(|run| arguments.only.is_none_or(|only| only == *run));
    let runs = runs.map(|run| Ok((run, besiege(arguments, &plan, run, &library)?))).collect::<Result<Vec<_>>>()?;
    let is_as_it_must_be = runs.iter().all(|(run, outcome)| match run {
        Run::Honest => outcome.faults.is_empty(),
        Run::Lying => outcome.found_a_loss(),
    });
    let report = Report { is_as_it_must_be, runs };
    report::write(arguments.siege.report.as_deref(), &report)?;
    report::line(if is_as_it_must_be { "\nas it must be" } else { "\nFAILED" })?;
    Ok(is_as_it_must_be)
}

fn besiege(arguments: &Arguments, plan: &Plan, run: Run, library: &Path) -> Result<Outcome> {
    report::line(&match run {
        Run::Honest => format!("power-loss drill: {} power cuts, seed {}", plan.rounds, plan.seed),
        Run::Lying => "\nthe same on a disk that lies, which must lose acknowledged steps".to_owned(),
    })?;
    let folder = tempfile::tempdir()?;
    let installation = Installation::new(&arguments.siege.program()?, folder.path(), None)?;
    let outcome = siege::besiege(&installation, plan, |random| disk(library, run, random))?;
    outcome.tell()?;
    if run == Run::Honest && !outcome.faults.is_empty() {
        report::line(&format!("the installation is kept in {}", folder.keep().display()))?;
    }
    Ok(outcome)
}

/// In half of the honest rounds nothing reaches the disk unasked; in the others, some sectors do, in any order.
fn disk(library: &Path, run: Run, random: &mut Random) -> Disk {
    let is_leaking = run == Run::Honest && random.happens(50);
    let leak = is_leaking.then(|| (1 + random.below(99), random.draw() >> 32));
    Disk::Lossy { library: library.to_owned(), leak, lies: run == Run::Lying }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
