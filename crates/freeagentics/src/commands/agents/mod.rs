//! `freeagentics agents`: the agents of a server.

mod create;
mod decisions;
mod delete;
mod explain;
mod get;
mod list;
mod reset;
mod watch;

use clap::Subcommand;
use serde_json::{Map, Value};

use crate::{
    client::Connection,
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Creates, finds, explains, watches, resets and deletes them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Create an agent of a model that the server has.
    Create(create::Args),
    /// List agents, all of them or those with certain labels.
    List(list::Args),
    /// Show an agent: its model, its beliefs, what it did last.
    Get(get::Args),
    /// List what an agent decided, the latest first.
    Decisions(decisions::Args),
    /// Explain a decision of an agent, of now or of long ago, by computing it again from the log.
    Explain(explain::Args),
    /// Begin a new episode: the agent forgets what it believes; its history stays.
    Reset(reset::Args),
    /// Delete an agent for good: its name is not free again.
    Delete(delete::Args),
    /// Follow the decisions of an agent, or of all agents with certain labels, as they are made.
    Watch(watch::Args),
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let client = args.connection.open()?;
    match &args.verb {
        Verb::Create(args) => create::run(args, &client, format, terminal),
        Verb::List(args) => list::run(args, &client, format, terminal),
        Verb::Get(args) => get::run(args, &client, format, terminal),
        Verb::Decisions(args) => decisions::run(args, &client, format, terminal),
        Verb::Explain(args) => explain::run(args, &client, format, terminal),
        Verb::Reset(args) => reset::run(args, &client, format, terminal),
        Verb::Delete(args) => delete::run(args, &client, format, terminal),
        Verb::Watch(args) => watch::run(args, &client, format, terminal),
    }
}

/// Labels given as `name=value`, as an object.
fn labels(pairs: &[(String, String)]) -> Value {
    Value::Object(pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect::<Map<_, _>>())
}

/// Labels given as `name=value`, as parameters.
fn selectors(pairs: &[(String, String)]) -> Vec<String> {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect()
}
