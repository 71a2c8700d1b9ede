//! `freeagentics users delete`.

use serde_json::json;

use crate::{
    client::{Call, Client, segment},
    commands::asking::done,
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Deletes somebody.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The user's id.
    #[arg(value_name = "USER")]
    id: String,
    /// The user who gets the service accounts that they are asked about.
    #[arg(long, value_name = "USER")]
    reassign_to: Option<String>,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let mut call = Call::delete(format!("/users/{}", segment(&args.id)));
    if let Some(heir) = &args.reassign_to {
        call = call.query("reassign_to", heir);
    }
    client.ask(&call)?;
    let line = format!("{} is gone; what they did goes on naming them", harmless(&args.id));
    done(&json!({ "id": args.id, "deleted": true }), &line, format, terminal)
}
