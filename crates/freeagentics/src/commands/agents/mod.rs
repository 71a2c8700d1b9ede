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

use super::asking::Question;
use crate::{
    client::Client,
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Creates, finds, explains, watches, resets and deletes them.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
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

impl Question for Verb {
    fn ask(&self, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
        match self {
            Self::Create(args) => create::run(args, client, format, terminal),
            Self::List(args) => list::run(args, client, format, terminal),
            Self::Get(args) => get::run(args, client, format, terminal),
            Self::Decisions(args) => decisions::run(args, client, format, terminal),
            Self::Explain(args) => explain::run(args, client, format, terminal),
            Self::Reset(args) => reset::run(args, client, format, terminal),
            Self::Delete(args) => delete::run(args, client, format, terminal),
            Self::Watch(args) => watch::run(args, client, format, terminal),
        }
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
