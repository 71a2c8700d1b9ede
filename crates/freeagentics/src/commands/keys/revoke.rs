//! `freeagentics keys revoke`.

use serde_json::json;

use crate::{
    client::{Call, Client, segment},
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Revokes one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key's id, which is not its text.
    #[arg(value_name = "KEY")]
    id: String,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    client.ask(&Call::delete(format!("/keys/{}", segment(&args.id))))?;
    match format {
        Format::Json => terminal.json(&json!({ "id": args.id, "revoked": true }))?,
        Format::Text => writeln!(terminal.out, "{} works no more", harmless(&args.id))?,
    }
    Ok(Exit::Done)
}
