//! `freeagentics schema`: the JSON Schema of model documents.

use crate::{
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Prints it, for editors and other programs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(super) fn run(_args: &Args, _format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    writeln!(terminal.out, "{:#}", freeagentics_inference::document::schema())?;
    Ok(Exit::Done)
}
