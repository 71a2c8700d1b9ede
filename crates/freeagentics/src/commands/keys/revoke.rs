//! `freeagentics keys revoke`.

use serde_json::json;

use crate::{
    client::{Call, Client, segment},
    commands::asking::{Things, done},
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// How they are named.
const KEYS: Things = Things { path: "/keys", code: "key_not_found", one: "key", list: "keys list" };

/// Revokes one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The key's id or name; never its text.
    #[arg(value_name = "KEY")]
    id: String,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let id = KEYS.id_of(client, &args.id)?;
    client.ask(&Call::delete(format!("/keys/{}", segment(&id))))?;
    let line = format!("{} works no more", harmless(&args.id));
    done(&json!({ "id": id, "revoked": true }), &line, format, terminal)
}
