//! `freeagentics audit rotate-key`.

use axiomcore::audit::{MIGRATIONS, rotate_key};
use axiomcore::clock::{Clock, SystemClock};
use axiomcore::entropy::SystemEntropy;
use axiomcore::hex;
use serde_json::json;

use super::{Place, unreadable};
use crate::{
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Who is on record as having done it: whoever may read the sealing key and write the database.
const OPERATOR: &str = "operator";

/// Makes a new key that checkpoints are signed with. The old one signs last that it hands over to it, so that verification
/// follows; `audit verify` takes either as `--public-key`. A server may go on running meanwhile.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let opened = &args.place.open()?;
    let sealer = opened.sealer()?;
    let migrated = opened.database.migrate("audit", MIGRATIONS).map_err(unreadable);
    let key = migrated.and_then(|_| {
        rotate_key(&opened.database, &sealer, &SystemEntropy, SystemClock.now(), OPERATOR).map_err(unreadable)
    });
    opened.database.close();
    let key = hex::encode(&key?);
    match format {
        Format::Text => writeln!(terminal.out, "{key}")?,
        Format::Json => terminal.json(&json!({ "public_key": key }))?,
    }
    Ok(Exit::Done)
}
