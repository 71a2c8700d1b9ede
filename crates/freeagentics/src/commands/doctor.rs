//! `freeagentics doctor`: what is wrong with this installation, and what to do.

use std::{env, io, path::PathBuf};

use serde_json::json;

use crate::{
    doctor::{self, Finding, State},
    exit::{Exit, Failure},
    explain::amounts::count,
    server::arguments::Arguments,
    terminal::{Format, Terminal, harmless},
};

/// Looks at settings, data folder, disk, database, clock, ports and key files, and changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A further file with an API key, to see whether others can read it. That in `FREEAGENTICS_KEY_FILE` is looked at
    /// anyway.
    #[arg(long, value_name = "FILE")]
    key_file: Vec<PathBuf>,
    #[command(flatten)]
    settings: Arguments,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let from_environment = env::var_os("FREEAGENTICS_KEY_FILE").filter(|file| !file.is_empty()).map(PathBuf::from);
    let key_files: Vec<PathBuf> = args.key_file.iter().cloned().chain(from_environment).collect();
    let findings = match args.settings.try_load() {
        Ok(settings) => doctor::examine(&settings, &key_files),
        Err(faults) => doctor::of_faults(&faults),
    };
    let wrong = findings.iter().filter(|finding| finding.state == State::Wrong).count();
    match format {
        Format::Json => terminal.json(&json!({ "ok": wrong == 0, "findings": findings }))?,
        Format::Text => {
            findings.iter().try_for_each(|finding| tell(finding, terminal))?;
            match wrong {
                0 => writeln!(terminal.out, "{}", terminal.paint.good("all is well"))?,
                wrong => writeln!(terminal.out, "{} to mend", terminal.paint.alarm(&count(wrong, "thing")))?,
            }
        }
    }
    Ok(if wrong == 0 { Exit::Done } else { Exit::Failed })
}

fn tell(finding: &Finding, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let paint = terminal.paint;
    let state = match finding.state {
        State::Good => paint.good("ok   "),
        State::Notice => paint.strong("note "),
        State::Wrong => paint.alarm("wrong"),
    };
    writeln!(terminal.out, "{state}  {:<11}  {}", finding.check, harmless(&finding.what))?;
    match &finding.mend {
        Some(mend) => writeln!(terminal.out, "       {:<11}  {} {}", "", paint.faint("mend:"), harmless(mend)),
        None => Ok(()),
    }
}
