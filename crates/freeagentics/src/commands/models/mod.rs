//! `freeagentics models`: the models that are built in, and those of a server.

mod diff;
mod get;
mod list;
mod push;
mod shipped;
mod versions;

use clap::Subcommand;

use crate::{
    client::Connection,
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Lists the built-in models or prints one; or works on the models of a server.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    /// Print this one's document, to start one of your own from.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Give a model to the server: the next version of its name, unless the server has just this one already.
    Push(push::Args),
    /// List the models of the server, each in its latest version.
    List(list::Args),
    /// Show a model of the server, or print its document.
    Get(get::Args),
    /// List the versions of a model.
    Versions(versions::Args),
    /// Say what has changed between two versions of a model.
    Diff(diff::Args),
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let Some(verb) = &args.verb else { return shipped::run(args.name.as_deref(), format, terminal) };
    let client = args.connection.open(format, terminal)?;
    match verb {
        Verb::Push(args) => push::run(args, &client, format, terminal),
        Verb::List(args) => list::run(args, &client, format, terminal),
        Verb::Get(args) => get::run(args, &client, format, terminal),
        Verb::Versions(args) => versions::run(args, &client, format, terminal),
        Verb::Diff(args) => diff::run(args, &client, format, terminal),
    }
}
