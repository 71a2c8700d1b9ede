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
    client::Client,
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
    /// Give somebody a new ticket, because they have forgotten their password or lost the old one.
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

/// Who somebody is now, in a line.
fn show(user: &Value, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let id = terminal.paint.strong(&text(user, "id"));
    let line = format!("{id}  {}  {}, {}", text(user, "email"), text(user, "status"), roles(user));
    done(user, &line, format, terminal)
}
