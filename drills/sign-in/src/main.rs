//! The sign-in drill: wrong sign-ins arrive in a flood, from everywhere and from one address, at many accounts and at one,
//! while agents are stepped, somebody on a known device signs in, and so does somebody on a new one.

mod arguments;
mod attack;
mod people;
mod report;
mod steps;

use std::process::ExitCode;
use std::thread::{scope, sleep};
use std::time::Duration;

use clap::Parser;
use harness::installation::{Disk, Installation, Server, beside_this_program};
use harness::usage::Usage;
use harness::{Result, report::line};

use arguments::Arguments;
use attack::Attack;
use people::{ANN, BOB, People};
use report::Report;

/// From the first wrong sign-in until anything is measured.
const BEGINNING: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => harness::report::failed(&failure),
    }
}

/// Whether everything was as it must be.
fn run(arguments: &Arguments) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let program = arguments.program.clone().map_or_else(|| beside_this_program("freeagentics"), Ok)?;
    let installation = Installation::new(&program, folder.path(), None)?.with_settings(arguments.set.iter().cloned());
    let server = installation.start_ready(&Disk::Real)?;
    let report = drill(arguments, &installation, &server)?;
    report.tell()?;
    harness::report::write(arguments.report.as_deref(), &report)?;
    Ok(report.is_well())
}

fn drill(arguments: &Arguments, installation: &Installation, server: &Server) -> Result<Report> {
    let (access, address) = (installation.access(), server.address);
    line("inviting people, making agents")?;
    let people = People::invited(address, &access)?;
    steps::make_agents(address, &access)?;
    let load = |seed| steps::run(address, &access, arguments.steps(), arguments.duration(), seed);
    line("steps alone")?;
    let before = load(1)?;
    line("steps while wrong sign-ins arrive")?;
    let attack = Attack::start(address, arguments.rate());
    sleep(BEGINNING);
    let used = server.usage();
    let (under_attack, known, new) = scope(|scope| {
        let known = scope.spawn(|| people.sign_in(&ANN, arguments.duration()));
        let new = scope.spawn(|| people.sign_in(&BOB, arguments.duration()));
        let stepped = load(2);
        let joined = |person: std::thread::ScopedJoinHandle<'_, _>| person.join().map_err(|_| "a client ended badly");
        Ok::<_, harness::Failure>((stepped?, joined(known)??, joined(new)??))
    })?;
    let used: Usage = server.usage() - used;
    let attack = attack.end()?;
    let processors = std::thread::available_parallelism()?.get();
    let (wanted, is_timed) = (arguments.rate(), !arguments.smoke);
    Ok(Report { wanted, is_timed, attack, before, under_attack, known, new, used, processors })
}
