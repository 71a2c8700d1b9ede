//! `freeagentics agents reset`.

use serde_json::{Value, json};

use crate::{
    client::{Call, Client, segment},
    commands::written::fresh_key,
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Begins a new episode of one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The agent.
    #[arg(value_name = "AGENT")]
    id: String,
    /// A name for this request: sent again under the same name, it does nothing more. One is made if you give none.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let key = args.idempotency_key.clone().map_or_else(fresh_key, Ok)?;
    let call = Call::post(format!("/agents/{}/reset", segment(&args.id)), &json!({})).idempotency_key(&key);
    let body = client.ask(&call)?;
    match format {
        Format::Json => terminal.json(&body)?,
        Format::Text => {
            let episode = body.get("episode").and_then(Value::as_u64).unwrap_or_default();
            writeln!(terminal.out, "{} begins episode {episode}", harmless(&args.id))?;
        }
    }
    Ok(Exit::Done)
}
