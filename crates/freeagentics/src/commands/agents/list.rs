//! `freeagentics agents list`.

use serde_json::{Value, json};

use super::selectors;
use crate::{
    client::{Call, Client},
    commands::{
        pages::{at_least_one, pages},
        written::pair,
    },
    exit::{Exit, Failure},
    explain::answered,
    tables::{Align, Table},
    terminal::{Format, Terminal, harmless},
};

/// Lists them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only those with this label. May be given several times: all must hold.
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = pair)]
    labels: Vec<(String, String)>,
    /// Only those of this model.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = at_least_one())]
    limit: usize,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let mut call = Call::get("/agents").queries("label", &selectors(&args.labels));
    if let Some(model) = &args.model {
        call = call.query("model", model);
    }
    let (agents, more) = pages(client, &call, args.limit)?;
    if format == Format::Json {
        terminal.json(&json!({ "agents": agents, "more": more }))?;
        return Ok(Exit::Done);
    }
    let mut table =
        Table::new([("agent", Align::Left), ("model", Align::Left), ("labels", Align::Left), ("since", Align::Left)]);
    for agent in &agents {
        let text = |pointer| agent.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let version = agent.pointer("/model/version").and_then(Value::as_u64).unwrap_or_default();
        let model = format!("{}@{version}", text("/model/name"));
        let labels = answered::labels(agent.get("labels").unwrap_or(&Value::Null));
        let cells = [text("/id"), &model, &labels, text("/created_at")];
        table.row(cells.map(|cell| harmless(cell).into_owned()));
    }
    if agents.is_empty() && !(args.labels.is_empty() && args.model.is_none()) {
        writeln!(terminal.out, "no such agents")?;
    } else if agents.is_empty() {
        writeln!(terminal.out, "no agents; create one: freeagentics agents create --model watchdog")?;
    } else {
        table.write(terminal.out, "")?;
    }
    if more {
        let hint = format!("… there are more than {}: ask for more with --limit", args.limit);
        writeln!(terminal.out, "{}", terminal.paint.faint(&hint))?;
    }
    Ok(Exit::Done)
}
