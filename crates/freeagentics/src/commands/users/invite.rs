//! `freeagentics users invite` and `ticket`.

use std::io;

use serde_json::{Value, json};

use super::{roles, text};
use crate::{
    client::{Call, Client, segment},
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Invites somebody.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What they will sign in with.
    #[arg(value_name = "EMAIL")]
    email: String,
    /// What they are called; their address without it.
    #[arg(long)]
    name: Option<String>,
    /// A role that they have. May be given several times.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// Print the ticket here, to hand it on, instead of only mailing it.
    #[arg(long)]
    ticket: bool,
}

/// Gives somebody a new ticket.
#[derive(Debug, clap::Args)]
pub(super) struct TicketArgs {
    /// The user's id.
    #[arg(value_name = "USER")]
    id: String,
    /// Print the ticket here, to hand it on, instead of only mailing it.
    #[arg(long)]
    ticket: bool,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let name = args.name.as_ref().unwrap_or(&args.email);
    let body = json!({ "email": args.email, "name": name, "roles": args.roles, "ticket": args.ticket });
    let invited = client.ask(&Call::post("/users", &body))?;
    let headline = format!("{} is invited, with {}", text(&invited, "/email"), roles(&invited));
    tell(&invited, &headline, format, terminal)?;
    Ok(Exit::Done)
}

pub(super) fn renew(
    args: &TicketArgs,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let call = Call::post(format!("/users/{}/ticket", segment(&args.id)), &json!({ "ticket": args.ticket }));
    let renewed = client.ask(&call)?;
    let headline = format!("{} can choose a new password", text(&renewed, "/email"));
    tell(&renewed, &headline, format, terminal)?;
    Ok(Exit::Done)
}

fn tell(answer: &Value, headline: &str, format: Format, terminal: &mut Terminal<'_>) -> io::Result<()> {
    if format == Format::Json {
        return terminal.json(answer);
    }
    writeln!(terminal.out, "{} ({})", terminal.paint.strong(headline), text(answer, "/id"))?;
    if answer.get("mailed") == Some(&Value::Bool(true)) {
        writeln!(terminal.out, "  a letter with a ticket is on its way")?;
    }
    let ticket = text(answer, "/ticket");
    if !ticket.is_empty() {
        writeln!(terminal.out, "  ticket  {ticket}")?;
        writeln!(
            terminal.out,
            "  until   {}; it works once, and is shown only now",
            text(answer, "/ticket_expires_at")
        )?;
    }
    Ok(())
}
