//! `freeagentics steps`: an observation for an agent of a server, and its decision.

mod lines;
mod observation;
mod tell;

use clap::ArgGroup;
use serde_json::{Value, json};

use crate::{
    client::{Call, Client, Connection, segment},
    commands::{
        decision,
        written::{fresh_key, pair},
    },
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

use observation::Step;

/// Tells an agent what is seen, and says what it decides and why.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("seen").args(["observed", "json", "file"]).required(true), after_help = "\
One step:
  freeagentics steps my-agent --observe check=5000
  freeagentics steps my-agent --json '{\"check\": null, \"deep_probe\": \"dead\"}' --executed probe
When nothing was seen:
  freeagentics steps my-agent --json '{}'
Many, from a file with an observation a line, as for `freeagentics run`:
  freeagentics steps my-agent --file observations.jsonl
For many agents, each line names its own:
  {\"agent\": \"a\", \"observation\": {\"check\": 5000}, \"idempotency_key\": \"monday-9-00\"}")]
pub(crate) struct Args {
    /// The agent. Without it, each line of --file names its own.
    #[arg(value_name = "AGENT", required_unless_present = "file")]
    agent: Option<String>,
    /// What one modality brought: a name, or a number where it has bins. May be given several times.
    #[arg(long = "observe", value_name = "NAME=VALUE", value_parser = pair, conflicts_with_all = ["json", "file"])]
    observed: Vec<(String, String)>,
    /// The whole observation as JSON, such as {"check": 5000}.
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    json: Option<String>,
    /// A file with one observation a line, `-` for standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["executed", "elapsed", "if_match", "dry_run"])]
    file: Option<String>,
    /// What was really done since the last decision, if it was something else: `restart`, or `heat=on fan=off`.
    #[arg(long, value_name = "ACTION")]
    executed: Option<String>,
    /// How many ticks have passed since the last step.
    #[arg(long, value_name = "N")]
    elapsed: Option<u64>,
    /// Decide, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// How much is told of the decision.
    #[arg(long, value_enum, default_value_t)]
    explain: super::run::Explain,
    /// A name for this request: sent again under the same name, it is answered as the first time and nothing is done
    /// twice. One is made if you give none. With --file, the number of the line is added to it.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Only if the agent has not changed since this revision.
    #[arg(long, value_name = "REVISION")]
    if_match: Option<u64>,
    #[command(flatten)]
    connection: Connection,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let client = args.connection.open(format, terminal)?;
    let key = args.idempotency_key.clone().map_or_else(fresh_key, Ok)?;
    if let Some(file) = &args.file {
        let batch = lines::Batch { agent: args.agent.as_deref(), explain: args.explain, key: &key, file };
        return batch.send(&client, format, terminal);
    }
    let agent = args.agent.as_deref().unwrap_or_default();
    let answer = step(args, agent, &key, &client)?;
    match format {
        Format::Json => terminal.json(&answer)?,
        Format::Text => decision::tell(&answer, args.explain, terminal)?,
    }
    Ok(Exit::Done)
}

fn step(args: &Args, agent: &str, key: &str, client: &Client) -> Result<Value, Failure> {
    let mut step = match &args.json {
        Some(text) => Step::from_json(text).map_err(|why| {
            Failure::usage("bad_json", format!("--json: {why}"), "write an object such as '{\"check\": 5000}'")
        })?,
        None => Step::from_pairs(&args.observed),
    };
    if let Some(executed) = &args.executed {
        step.executed(executed);
    }
    if let Some(elapsed) = args.elapsed {
        step.set("elapsed", elapsed.into());
    }
    if args.dry_run {
        step.set("dry_run", true.into());
    }
    step.set("explain", json!(args.explain.name()));
    let mut call = Call::post(format!("/agents/{}/steps", segment(agent)), &step.body()).idempotency_key(key);
    if let Some(revision) = args.if_match {
        call = call.if_match(revision);
    }
    client.ask(&call)
}
