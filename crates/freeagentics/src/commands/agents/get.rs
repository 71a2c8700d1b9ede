//! `freeagentics agents get`.

use std::io;

use serde_json::Value;

use crate::{
    client::{Call, Client, segment},
    exit::{Exit, Failure},
    explain::{amounts::percent, answered},
    tables::{Align, Table},
    terminal::{Format, Terminal, harmless},
};

/// Shows one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The agent.
    #[arg(value_name = "AGENT")]
    id: String,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let call = Call::get(format!("/agents/{}", segment(&args.id)));
    let agent = client.ask(&call)?;
    match format {
        Format::Json => terminal.json(&agent)?,
        Format::Text => show(&agent, terminal)?,
    }
    Ok(Exit::Done)
}

fn show(agent: &Value, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let text = |pointer| harmless(agent.pointer(pointer).and_then(Value::as_str).unwrap_or_default()).into_owned();
    let number = |pointer| agent.pointer(pointer).and_then(Value::as_u64).unwrap_or_default();
    let heading = terminal.paint.strong(&text("/id"));
    writeln!(terminal.out, "{heading}, of {}@{}", text("/model/name"), number("/model/version"))?;
    let labels = answered::labels(agent.get("labels").unwrap_or(&Value::Null));
    if !labels.is_empty() {
        writeln!(terminal.out, "  labels   {}", harmless(&labels))?;
    }
    writeln!(terminal.out, "  created  {} by {}", text("/created_at"), text("/created_by"))?;
    let (step, episode, revision) = (number("/step"), number("/episode"), number("/revision"));
    writeln!(terminal.out, "  steps    {step} (episode {episode}, revision {revision})")?;
    if let Some(action) = agent.get("action").and_then(answered::action) {
        writeln!(terminal.out, "  last     {}", harmless(&action))?;
    }
    let Some(factors) = agent.get("beliefs").and_then(Value::as_object) else {
        return writeln!(terminal.out, "  believes nothing yet: no step in this episode");
    };
    for (factor, odds) in factors {
        let mut table = Table::new([(factor.as_str(), Align::Left), ("odds", Align::Right), ("", Align::Left)]);
        for (state, odds) in answered::ranked(odds) {
            let bar = "█".repeat((odds.clamp(0.0, 1.0) * 20.0).round() as usize);
            table.row([harmless(state).into_owned(), percent(odds), bar]);
        }
        table.write(terminal.out, "  ")?;
    }
    Ok(())
}
