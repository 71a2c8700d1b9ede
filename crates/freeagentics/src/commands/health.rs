//! `freeagentics health`: whether a server is ready, for supervisors without a client of their own. The image has neither a
//! shell nor `curl`, so its health check is this.

use crate::{
    client::{Address, Call},
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Asks once; needs no key.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    address: Address,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let client = args.address.stranger()?;
    let report = client.ask(&Call::beside("/health/ready"))?;
    match format {
        Format::Text => writeln!(terminal.out, "{} is ready", client.base())?,
        Format::Json => terminal.json(&report)?,
    }
    Ok(Exit::Done)
}
