//! `freeagentics agents explain`.

use serde_json::Value;

use crate::{
    client::{Call, Client, segment},
    commands::{decision, run::Explain},
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Explains a decision of one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The agent.
    #[arg(value_name = "AGENT")]
    id: String,
    /// The step; without it, the last one.
    #[arg(value_name = "STEP")]
    step: Option<u64>,
    /// How much is told of it.
    #[arg(long, value_enum, default_value_t)]
    explain: Explain,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let agent = format!("/agents/{}", segment(&args.id));
    let step = args.step.map_or_else(|| last(&agent, client), Ok)?;
    let call = Call::get(format!("{agent}/decisions/{step}")).query("explain", args.explain.name());
    let explained = client.ask(&call)?;
    if format == Format::Json {
        terminal.json(&explained)?;
    } else {
        decision::tell(&explained, args.explain, terminal)?;
        let is_same = explained.pointer("/replay/identical").and_then(Value::as_bool).unwrap_or_default();
        let verdict = match is_same {
            true => terminal.paint.faint("computed again from the log, the same to the last bit"),
            false => terminal.paint.alarm("computed again from the log, and not the same: another engine decided it"),
        };
        writeln!(terminal.out, "    {verdict}")?;
    }
    Ok(Exit::Done)
}

/// The number of the last step.
fn last(agent: &str, client: &Client) -> Result<u64, Failure> {
    let step = client.ask(&Call::get(agent))?.get("step").and_then(Value::as_u64).unwrap_or_default();
    let mend = "give it an observation: freeagentics steps AGENT --observe NAME=VALUE";
    if step == 0 { Err(Failure::usage("no_steps", "the agent has not decided anything yet", mend)) } else { Ok(step) }
}
