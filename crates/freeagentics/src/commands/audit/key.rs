//! `freeagentics audit key`.

use axiomcore::audit::{Against, verify_database};
use serde_json::json;

use super::{Opened, Place, unreadable};
use crate::{
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Prints it as the checkpoints name it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let Opened { database, .. } = &args.place.open()?;
    let report = verify_database(database, None, &Against::default()).map_err(unreadable);
    database.close();
    let Some(key) = report?.public_key else {
        let mend = "let something happen, and wait for `audit.checkpoint_interval`";
        return Err(Failure::installation("no_checkpoint", "there is no checkpoint yet", mend));
    };
    match format {
        Format::Text => writeln!(terminal.out, "{key}")?,
        Format::Json => terminal.json(&json!({ "public_key": key }))?,
    }
    Ok(Exit::Done)
}
