//! `freeagentics users invite` and `ticket`.

use serde_json::{Value, json};

use super::id_of;
use crate::{
    client::{Call, Client, segment},
    commands::asking::{roles, text},
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Invites somebody.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What they will sign in with.
    #[arg(value_name = "EMAIL")]
    email: String,
    /// What they are called; their address without it.
    #[arg(long)]
    name: Option<String>,
    /// A role that they have. May be given several times.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// Print the ticket here, and the link that it is taken up by, to hand it on, instead of only mailing it.
    #[arg(long)]
    ticket: bool,
}

/// Gives somebody a new ticket.
#[derive(Debug, clap::Args)]
pub(crate) struct TicketArgs {
    /// The user's id or address.
    #[arg(value_name = "USER")]
    user: String,
    /// Print the ticket here, and the link that it is taken up by, to hand it on, instead of only mailing it.
    #[arg(long)]
    ticket: bool,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    invite("/users", args, client, format, terminal)
}

/// Invites somebody by a route of this path.
pub(in crate::commands) fn invite(
    path: &str,
    args: &Args,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let name = args.name.as_ref().unwrap_or(&args.email);
    let body = json!({ "email": args.email, "name": name, "roles": args.roles, "ticket": args.ticket });
    let invited = client.ask(&Call::post(path, &body))?;
    let headline = format!("{} is invited, with {}", text(&invited, "email"), roles(&invited));
    tell(invited, &headline, client, format, terminal)
}

pub(super) fn renew(
    args: &TicketArgs,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let id = id_of(client, &args.user)?;
    let call = Call::post(format!("/users/{}/ticket", segment(&id)), &json!({ "ticket": args.ticket }));
    let renewed = client.ask(&call)?;
    let headline = format!("{} can choose a new password", text(&renewed, "email"));
    let ended = tell(renewed, &headline, client, format, terminal)?;
    if format == Format::Text {
        writeln!(terminal.out, "  tickets of before are worth nothing any more")?;
    }
    Ok(ended)
}

fn tell(
    mut answer: Value,
    headline: &str,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let ticket = text(&answer, "ticket");
    // A server that does not know its own address is reached at the one that was asked.
    if !ticket.is_empty() && text(&answer, "link").is_empty() {
        answer["link"] = format!("{}/#ticket={ticket}", client.base()).into();
    }
    let answer = &answer;
    if format == Format::Json {
        terminal.json(answer)?;
        return Ok(Exit::Done);
    }
    writeln!(terminal.out, "{} ({})", terminal.paint.strong(headline), text(answer, "id"))?;
    if answer.get("mailed") == Some(&Value::Bool(true)) {
        writeln!(terminal.out, "  a letter with a ticket is on its way")?;
    }
    if !ticket.is_empty() {
        writeln!(terminal.out, "  link    {}", text(answer, "link"))?;
        writeln!(terminal.out, "  ticket  {ticket}")?;
        writeln!(
            terminal.out,
            "  until   {}; it works once, and is shown only now",
            text(answer, "ticket_expires_at")
        )?;
        writeln!(
            terminal.out,
            "  hand the link on: a password is chosen there, or with the ticket by `freeagentics account accept`"
        )?;
    }
    Ok(Exit::Done)
}
