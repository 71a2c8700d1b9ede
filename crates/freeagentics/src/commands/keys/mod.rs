//! `freeagentics keys`: the API keys of a server.

mod create;
mod list;
mod revoke;

use clap::Subcommand;

use crate::{
    client::Connection,
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Makes, lists and revokes API keys.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a key that may no more than yours; it is shown once.
    Create(create::Args),
    /// List keys, the revoked ones too.
    List(list::Args),
    /// Revoke a key: it works no more from now on.
    Revoke(revoke::Args),
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let client = args.connection.open()?;
    match &args.verb {
        Verb::Create(args) => create::run(args, &client, format, terminal),
        Verb::List(args) => list::run(args, &client, format, terminal),
        Verb::Revoke(args) => revoke::run(args, &client, format, terminal),
    }
}
