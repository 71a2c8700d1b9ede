//! `freeagentics backup prune`.

use serde_json::json;

use super::{OPERATOR, Where, failed};
use crate::{
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// The server does the same after each backup that it has made and verified.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) place: Where,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (opened, backups) = args.place.open()?;
    let pruned = backups.prune_blocking(OPERATOR);
    opened.database.close();
    let pruned = pruned.map_err(failed)?;
    match format {
        Format::Json => terminal.json(&json!({ "pruned": pruned }))?,
        Format::Text if pruned.is_empty() => writeln!(terminal.out, "nothing is old enough to go")?,
        Format::Text => pruned.iter().try_for_each(|id| writeln!(terminal.out, "removed {id}"))?,
    }
    Ok(Exit::Done)
}
