//! `freeagentics account accept`.

use std::path::PathBuf;

use serde_json::json;

use crate::{
    client::{Call, Client},
    commands::{
        asking::{done, text},
        secrets::{new_password, ticket},
    },
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Takes up a ticket.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A file with the ticket, or with the link or the letter that it stands in; asked for at a terminal without it.
    #[arg(long, value_name = "FILE")]
    ticket_file: Option<PathBuf>,
    /// A file with the password to have from now on; asked for at a terminal without it.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let ticket = ticket(args.ticket_file.as_deref(), terminal)?;
    let password = new_password(args.password_file.as_deref(), "--password-file", terminal)?;
    let body = json!({ "ticket": ticket.expose(), "password": password.expose() });
    let accepted = client.ask(&Call::post("/tickets/accept", &body))?;
    let email = text(&accepted, "email");
    let line = format!("this is the password of {email} now; sign in with it: freeagentics sign-in {email}");
    done(&accepted, &line, format, terminal)
}
