//! The load drill: how many steps, how fast, on what machine; and what limits it, measured in the same run.

mod arguments;
mod baseline;
mod endurance;
mod generator;
mod maze;
mod measurement;
mod report;
mod restart;
mod traces;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser;
use harness::Result;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => harness::report::failed(&failure),
    }
}

/// Whether every step that was asked for was done, and what has to hold held.
fn run(arguments: &Arguments) -> Result<bool> {
    if let Some(Command::BareHttp) = arguments.command {
        return baseline::serve().map(|()| true);
    }
    if arguments.endure {
        let endurance = measurement::endure(arguments)?;
        endurance.tell()?;
        harness::report::write(arguments.report.as_deref(), &endurance)?;
        return Ok(endurance.holds());
    }
    if arguments.traces {
        let cost = traces::compare(arguments)?;
        cost.tell()?;
        harness::report::write(arguments.report.as_deref(), &cost)?;
        return Ok(cost.holds());
    }
    let report = measurement::measure(arguments)?;
    report.tell()?;
    harness::report::write(arguments.report.as_deref(), &report)?;
    Ok(report.is_without_errors())
}
