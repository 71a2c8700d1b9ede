//! `freeagentics models get`.

use std::io;

use serde_json::Value;

use super::versions::address;
use crate::{
    client::{Call, Client},
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Shows one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The model: `watchdog` is the latest version, `watchdog@2` the second.
    #[arg(value_name = "NAME[@VERSION]")]
    model: String,
    /// Print its document as it was given, to change it or to keep it.
    #[arg(long)]
    document: bool,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (name, version) = address(&args.model)?;
    let mut model = match version {
        Some(version) => client.ask(&Call::get(format!("{name}/versions/{version}")))?,
        None => client.ask(&Call::get(&name))?,
    };
    if args.document && model.get("document").is_none() {
        let latest = model.get("version").and_then(Value::as_u64).unwrap_or_default();
        model = client.ask(&Call::get(format!("{name}/versions/{latest}")))?;
    }
    match (format, model.get("document").and_then(Value::as_str)) {
        (Format::Text, Some(document)) if args.document => terminal.out.write_all(document.as_bytes())?,
        (Format::Json, _) => terminal.json(&model)?,
        (Format::Text, _) => show(&model, terminal)?,
    }
    Ok(Exit::Done)
}

fn show(model: &Value, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let text = |name| harmless(model.get(name).and_then(Value::as_str).unwrap_or_default()).into_owned();
    let version = model.get("version").and_then(Value::as_u64).unwrap_or_default();
    let heading = terminal.paint.strong(&format!("{}@{version}", text("name")));
    writeln!(terminal.out, "{heading}  {}", text("description"))?;
    writeln!(terminal.out, "  stored      {} by {}", text("created_at"), text("created_by"))?;
    for (kind, labels) in [("factors", "states"), ("controls", "values"), ("modalities", "values")] {
        let axes = model.get(kind).and_then(Value::as_array).into_iter().flatten();
        let each = axes.map(|axis| {
            let name = axis.get("name").and_then(Value::as_str).unwrap_or_default();
            let size = axis.get(labels).and_then(Value::as_array).map_or(0, Vec::len);
            format!("{} ({size})", harmless(name))
        });
        let each: Vec<String> = each.collect();
        if !each.is_empty() {
            writeln!(terminal.out, "  {kind:<10}  {}", each.join(", "))?;
        }
    }
    writeln!(terminal.out, "  digest      {}", text("digest"))
}
