//! `freeagentics account`: one's own password and second factor, for who has signed in; and how one comes by a password.

mod accept;
mod app;
mod password;
mod picture;

use clap::Subcommand;
use serde_json::Value;

use crate::{
    client::Address,
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Changes your password, or your second factor, by the session of `sign-in`; and takes up tickets, which takes no session.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    address: Address,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Choose a password with a ticket: that of an invitation, or after yours was forgotten.
    Accept(accept::Args),
    /// Change your password: your other sessions end.
    Password(password::Args),
    /// Say that you have forgotten your password: what lets you choose a new one is mailed to you.
    Forgotten(password::ForgottenArgs),
    /// Enrol an authenticator app: its codes are asked for from then on.
    App(app::Args),
    /// Remove your authenticator app.
    RemoveApp(app::RemoveArgs),
    /// Get ten new recovery codes in place of those that you have.
    RecoveryCodes(app::RenewArgs),
}

pub(crate) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let Args { verb, address } = args;
    match verb {
        // Whoever does so cannot sign in.
        Verb::Accept(args) => accept::run(args, &address.stranger()?, format, terminal),
        Verb::Forgotten(args) => password::forgotten(args, &address.stranger()?, format, terminal),
        Verb::Password(args) => password::change(args, &address.person()?, format, terminal),
        Verb::App(args) => app::enrol(args, &address.person()?, format, terminal),
        Verb::RemoveApp(args) => app::remove(args, &address.person()?, format, terminal),
        Verb::RecoveryCodes(args) => app::renew(args, &address.person()?, format, terminal),
    }
}

/// Shows recovery codes, which are told only now.
fn tell_codes(told: &Value, line: &str, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    if format == Format::Json {
        terminal.json(told)?;
        return Ok(Exit::Done);
    }
    writeln!(terminal.out, "{line}")?;
    if told.get("recovery_codes").is_none() {
        writeln!(terminal.out, "The recovery codes that you have let you in without it, as before.")?;
        return Ok(Exit::Done);
    }
    writeln!(
        terminal.out,
        "These codes let you in without the app, each once. Write them down: they are shown only now."
    )?;
    let codes = told.get("recovery_codes").and_then(Value::as_array).into_iter().flatten();
    for code in codes.filter_map(Value::as_str) {
        writeln!(terminal.out, "  {}", harmless(code))?;
    }
    Ok(Exit::Done)
}
