//! `freeagentics keys revoke`.

use serde_json::json;

use crate::{
    client::{Call, Client, segment},
    commands::asking::done,
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Revokes one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The key's id, which is not its text.
    #[arg(value_name = "KEY")]
    id: String,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    client.ask(&Call::delete(format!("/keys/{}", segment(&args.id))))?;
    let line = format!("{} works no more", harmless(&args.id));
    done(&json!({ "id": args.id, "revoked": true }), &line, format, terminal)
}
