//! `freeagentics users sessions` and `sign-out`.

use serde_json::json;

use super::id_of;
use crate::{
    client::{Call, Client, segment},
    commands::asking::{done, items, text},
    exit::{Exit, Failure},
    tables::{Align, Table},
    terminal::{Format, Terminal, harmless},
};

/// Lists somebody's.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The user's id or address.
    #[arg(value_name = "USER")]
    user: String,
}

/// Ends them.
#[derive(Debug, clap::Args)]
pub(crate) struct EndArgs {
    /// The user's id or address.
    #[arg(value_name = "USER")]
    user: String,
    /// Only this session.
    #[arg(long, value_name = "ID")]
    session: Option<String>,
}

pub(super) fn list(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let id = id_of(client, &args.user)?;
    let sessions = items(client, format!("/users/{}/sessions", segment(&id)))?;
    if format == Format::Json {
        terminal.json(&json!({ "sessions": sessions }))?;
        return Ok(Exit::Done);
    }
    if sessions.is_empty() {
        writeln!(terminal.out, "{} is signed in nowhere", harmless(&args.user))?;
        return Ok(Exit::Done);
    }
    let columns = ["session", "address", "client", "since", "last used"];
    let mut table = Table::new(columns.map(|name| (name, Align::Left)));
    for session in &sessions {
        table.row(["id", "address", "client", "created_at", "last_used_at"].map(|name| text(session, name)));
    }
    table.write(terminal.out, "")?;
    Ok(Exit::Done)
}

pub(super) fn end(
    args: &EndArgs,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let EndArgs { user, session } = args;
    let id = id_of(client, user)?;
    let path = format!("/users/{}/sessions", segment(&id));
    let path = session.as_ref().map_or_else(|| path.clone(), |session| format!("{path}/{}", segment(session)));
    client.ask(&Call::delete(path))?;
    let line = match session {
        None => format!("{} is signed out everywhere", harmless(user)),
        Some(session) => format!("session {} has ended", harmless(session)),
    };
    done(&json!({ "id": id, "session": session, "ended": true }), &line, format, terminal)
}
