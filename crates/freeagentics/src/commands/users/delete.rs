//! `freeagentics users delete`.

use serde_json::json;

use super::id_of;
use crate::{
    client::{Call, Client, segment},
    commands::asking::done,
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Deletes somebody.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The user's id or address.
    #[arg(value_name = "USER")]
    user: String,
    /// The user, by id or address, who gets the service accounts that they are asked about.
    #[arg(long, value_name = "USER")]
    reassign_to: Option<String>,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let id = id_of(client, &args.user)?;
    let mut call = Call::delete(format!("/users/{}", segment(&id)));
    if let Some(heir) = &args.reassign_to {
        call = call.query("reassign_to", &id_of(client, heir)?);
    }
    client.ask(&call)?;
    let line = format!("{} is gone; what they did goes on naming them", harmless(&args.user));
    done(&json!({ "id": id, "deleted": true }), &line, format, terminal)
}
