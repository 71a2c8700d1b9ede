//! `freeagentics backup create`.

use axiomcore::backup::Made;
use serde_json::json;

use super::{OPERATOR, Where, bytes, failed, verify};
use crate::{
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Copies the database while it is used, the configuration and the keys beside it. The backup key is in no backup: keep a
/// copy of it where the data is not.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) place: Where,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (opened, backups) = args.place.open()?;
    let made = backups.create_blocking(OPERATOR);
    opened.database.close();
    let Made { manifest, verdict, pruned } = made.map_err(failed)?;
    let is_good = verdict.as_ref().is_none_or(axiomcore::backup::Verdict::is_good);
    match format {
        Format::Json => terminal.json(&json!({
            "id": manifest.id, "number": manifest.number, "stored_bytes": manifest.stored(), "bytes": manifest.plain(),
            "log": manifest.log, "verdict": verdict, "pruned": pruned,
        }))?,
        Format::Text => {
            let (stored, plain) = (bytes(manifest.stored()), bytes(manifest.plain()));
            writeln!(terminal.out, "backup {}: {stored}, of {plain}", manifest.id)?;
            if let Some(verdict) = &verdict {
                verify::text(verdict, terminal)?;
            }
            for id in &pruned {
                writeln!(terminal.out, "removed {id}, which was too old")?;
            }
        }
    }
    Ok(if is_good { Exit::Done } else { Exit::Failed })
}
