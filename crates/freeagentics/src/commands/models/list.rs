//! `freeagentics models list`.

use serde_json::{Value, json};

use crate::{
    client::{Call, Client},
    commands::pages::{at_least_one, pages},
    exit::{Exit, Failure},
    tables::{Align, Table},
    terminal::{Format, Terminal, harmless},
};

/// Lists those of the server.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = at_least_one())]
    limit: usize,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (models, more) = pages(client, &Call::get("/models"), args.limit)?;
    if format == Format::Json {
        terminal.json(&json!({ "models": models, "more": more }))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new([("model", Align::Left), ("since", Align::Left), ("what it does", Align::Left)]);
    for model in &models {
        let text = |name| model.get(name).and_then(Value::as_str).unwrap_or_default();
        let version = model.get("version").and_then(Value::as_u64).unwrap_or_default();
        let name = format!("{}@{version}", text("name"));
        let about = text("description").lines().next().unwrap_or_default();
        table.row([&name, text("created_at"), about].map(|cell| harmless(cell).into_owned()));
    }
    if models.is_empty() {
        writeln!(terminal.out, "no models; give it one: freeagentics models push watchdog")?;
    } else {
        table.write(terminal.out, "")?;
    }
    if more {
        let hint = format!("… there are more than {}: ask for more with --limit", args.limit);
        writeln!(terminal.out, "{}", terminal.paint.faint(&hint))?;
    }
    Ok(Exit::Done)
}
