//! `freeagentics agents decisions`.

use serde_json::{Value, json};

use crate::{
    client::{Call, Client, segment},
    exit::{Exit, Failure},
    explain::answered,
    tables::{Align, Table},
    terminal::{Format, Terminal, harmless},
};

/// Lists what one decided.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The agent.
    #[arg(value_name = "AGENT")]
    id: String,
    /// How many at most, up to 1000.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Only those before this step.
    #[arg(long, value_name = "STEP")]
    before: Option<u64>,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let mut call =
        Call::get(format!("/agents/{}/decisions", segment(&args.id))).query("limit", &args.limit.to_string());
    if let Some(before) = args.before {
        call = call.query("before", &before.to_string());
    }
    let page = client.ask(&call)?;
    let decisions = page.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if format == Format::Json {
        terminal.json(&json!({ "decisions": decisions, "next": page.get("next") }))?;
        return Ok(Exit::Done);
    }
    let mut table =
        Table::new([("step", Align::Right), ("when", Align::Left), ("saw", Align::Left), ("did", Align::Left)]);
    for decision in decisions {
        let step = decision.get("step").and_then(Value::as_u64).unwrap_or_default().to_string();
        let when = decision.get("recorded_at").and_then(Value::as_str).unwrap_or_default();
        let saw = decision.get("observation").map(answered::seen).unwrap_or_default();
        let did = decision.get("action").and_then(answered::action).unwrap_or_default();
        table.row([step.as_str(), when, &saw, &did].map(|cell| harmless(cell).into_owned()));
    }
    if decisions.is_empty() {
        writeln!(terminal.out, "no decisions yet")?;
    } else {
        table.write(terminal.out, "")?;
    }
    Ok(Exit::Done)
}
