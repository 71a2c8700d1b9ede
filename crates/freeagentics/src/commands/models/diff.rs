//! `freeagentics models diff`.

use std::io;

use serde_json::Value;

use super::versions::address;
use crate::{
    client::{Call, Client},
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Says what has changed between two versions of one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The model.
    #[arg(value_name = "NAME")]
    model: String,
    /// The earlier version.
    #[arg(value_name = "FROM")]
    from: u64,
    /// The later version.
    #[arg(value_name = "TO")]
    to: u64,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (name, _) = address(&args.model)?;
    let call =
        Call::get(format!("{name}/diff")).query("from", &args.from.to_string()).query("to", &args.to.to_string());
    let diff = client.ask(&call)?;
    match format {
        Format::Json => terminal.json(&diff)?,
        Format::Text => show(&diff, terminal)?,
    }
    Ok(Exit::Done)
}

fn show(diff: &Value, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let is = |name| diff.get(name).and_then(Value::as_bool).unwrap_or_default();
    let changes = diff.get("changes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for change in changes {
        let path = change.get("path").and_then(Value::as_str).unwrap_or_default();
        writeln!(terminal.out, "{}", terminal.paint.strong(&harmless(path)))?;
        for (sign, side) in [('-', "from"), ('+', "to")] {
            if let Some(value) = change.get(side).filter(|value| !value.is_null()) {
                writeln!(terminal.out, "  {sign} {}", harmless(&value.to_string()))?;
            }
        }
    }
    let verdict = match (is("same_model"), is("same_options")) {
        (true, true) if changes.is_empty() => "nothing has changed",
        (true, true) => "only words have changed: both decide the same, to the last bit",
        (true, false) => "the world is the same; how the agent chooses has changed",
        (false, _) => "the model has changed: what the agent believes of the world, or what it wants",
    };
    writeln!(terminal.out, "{verdict}")
}
