//! `freeagentics audit export`.

use axiomcore::audit::{ExportError, ExportFormat, export};
use clap::ValueEnum;

use super::{Opened, Place, unreadable};
use crate::{
    audit::PRODUCT,
    exit::{Exit, Failure},
    terminal::Terminal,
};

/// Prints all of it, the oldest entry of each workspace first.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
    /// How it is written.
    #[arg(long, value_enum, default_value_t)]
    format: Written,
}

/// How an export is written.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Written {
    /// JSON lines with checkpoints, commitments and hashes: `audit verify --export` verifies them.
    #[default]
    Jsonl,
    /// Events of the Open Cybersecurity Schema Framework, as JSON lines.
    Ocsf,
    /// Common Event Format, a line each, for syslog.
    Cef,
}

pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let Opened { database, .. } = &args.place.open()?;
    let format = match args.format {
        Written::Jsonl => ExportFormat::Jsonl,
        Written::Ocsf => ExportFormat::Ocsf,
        Written::Cef => ExportFormat::Cef,
    };
    let done = export(database, format, PRODUCT, &mut terminal.out);
    database.close();
    match done {
        Ok(()) => Ok(Exit::Done),
        Err(ExportError::Store(error)) => Err(unreadable(error)),
        Err(ExportError::Output(error)) => Err(error.into()),
    }
}
