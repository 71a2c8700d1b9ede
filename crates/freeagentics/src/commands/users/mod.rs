//! `freeagentics users`: the people who sign in to a server.

mod change;
mod delete;
mod invite;
mod list;

use std::io;

use clap::Subcommand;
use serde_json::Value;

use crate::{
    client::Connection,
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Invites, lists, disables and deletes people, and changes their roles.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Invite somebody: they get a ticket that lets them choose a password.
    Invite(invite::Args),
    /// List people, the disabled ones too.
    List(list::Args),
    /// Give somebody a new ticket, because they have forgotten their password or lost the old one.
    Ticket(invite::TicketArgs),
    /// Give somebody other roles, in place of those they have.
    Roles(change::RolesArgs),
    /// Let somebody sign in no more: their sessions end, and their keys do nothing.
    Disable(change::Args),
    /// Let somebody sign in again.
    Enable(change::Args),
    /// Delete somebody: their sessions end and their keys are revoked.
    Delete(delete::Args),
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let client = args.connection.open()?;
    match &args.verb {
        Verb::Invite(args) => invite::run(args, &client, format, terminal),
        Verb::List(args) => list::run(args, &client, format, terminal),
        Verb::Ticket(args) => invite::renew(args, &client, format, terminal),
        Verb::Roles(args) => change::roles(args, &client, format, terminal),
        Verb::Disable(args) => change::disable(args, &client, format, terminal),
        Verb::Enable(args) => change::enable(args, &client, format, terminal),
        Verb::Delete(args) => delete::run(args, &client, format, terminal),
    }
}

/// A text of an answer, fit for a terminal.
fn text(answer: &Value, pointer: &str) -> String {
    harmless(answer.pointer(pointer).and_then(Value::as_str).unwrap_or_default()).into_owned()
}

/// The names of somebody's roles.
fn roles(user: &Value) -> String {
    let roles = user.get("roles").and_then(Value::as_array).into_iter().flatten();
    let names: Vec<&str> = roles.filter_map(Value::as_str).collect();
    if names.is_empty() { "no roles".to_owned() } else { harmless(&names.join(", ")).into_owned() }
}

/// Who somebody is now, in a line.
fn show(user: &Value, format: Format, terminal: &mut Terminal<'_>) -> io::Result<()> {
    if format == Format::Json {
        return terminal.json(user);
    }
    let id = terminal.paint.strong(&text(user, "/id"));
    writeln!(terminal.out, "{id}  {}  {}, {}", text(user, "/email"), text(user, "/status"), roles(user))
}
