//! `freeagentics agents delete`.

use serde_json::json;

use crate::{
    client::{Call, Client, segment},
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Deletes one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The agent.
    #[arg(value_name = "AGENT")]
    id: String,
    /// Only if it has not changed since this revision.
    #[arg(long, value_name = "REVISION")]
    if_match: Option<u64>,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let mut call = Call::delete(format!("/agents/{}", segment(&args.id)));
    if let Some(revision) = args.if_match {
        call = call.if_match(revision);
    }
    client.ask(&call)?;
    match format {
        Format::Json => terminal.json(&json!({ "id": args.id, "deleted": true }))?,
        Format::Text => writeln!(terminal.out, "{} is deleted; its name is not free again", harmless(&args.id))?,
    }
    Ok(Exit::Done)
}
