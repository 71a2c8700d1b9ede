//! `freeagentics users`: the people who sign in to a server.

mod change;
mod delete;
pub(super) mod invite;
mod list;
mod sessions;

use clap::Subcommand;
use serde_json::Value;

use super::asking::{Question, done, roles, text};
use crate::{
    client::{Call, Client},
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Invites, lists, signs out, disables and deletes people, and changes their roles.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Invite somebody: they get a ticket that lets them choose a password.
    Invite(invite::Args),
    /// List people, the disabled ones too.
    List(list::Args),
    /// Give somebody a new ticket, because they have forgotten their password or lost the old one, which is worth nothing then.
    Ticket(invite::TicketArgs),
    /// Give somebody other roles, in place of those they have.
    Roles(change::RolesArgs),
    /// Let somebody sign in no more: their sessions end, and their keys do nothing.
    Disable(change::Args),
    /// Let somebody sign in again.
    Enable(change::Args),
    /// List where somebody is signed in.
    Sessions(sessions::Args),
    /// Sign somebody out: one of their sessions ends, or all; they can sign in again.
    SignOut(sessions::EndArgs),
    /// Delete somebody: their sessions end and their keys are revoked.
    Delete(delete::Args),
}

impl Question for Verb {
    fn ask(&self, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
        match self {
            Self::Invite(args) => invite::run(args, client, format, terminal),
            Self::List(args) => list::run(args, client, format, terminal),
            Self::Ticket(args) => invite::renew(args, client, format, terminal),
            Self::Roles(args) => change::roles(args, client, format, terminal),
            Self::Disable(args) => change::disable(args, client, format, terminal),
            Self::Enable(args) => change::enable(args, client, format, terminal),
            Self::Sessions(args) => sessions::list(args, client, format, terminal),
            Self::SignOut(args) => sessions::end(args, client, format, terminal),
            Self::Delete(args) => delete::run(args, client, format, terminal),
        }
    }
}

/// The id of somebody who is named by it or by their address.
pub(in crate::commands) fn id_of(client: &Client, named: &str) -> Result<String, Failure> {
    if !named.contains('@') {
        return Ok(named.to_owned());
    }
    let found = client.ask(&Call::get("/users").query("email", named))?;
    let id = found.pointer("/items/0/id").and_then(Value::as_str).map(str::to_owned);
    id.ok_or_else(|| {
        let mend = "see who there is: freeagentics users list";
        Failure::no_such("user_not_found", format!("nobody here signs in with {named}"), mend)
    })
}

/// Who somebody is now, in a line.
fn show(user: &Value, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let id = terminal.paint.strong(&text(user, "id"));
    let line = format!("{id}  {}  {}, {}", text(user, "email"), text(user, "status"), roles(user));
    done(user, &line, format, terminal)
}
