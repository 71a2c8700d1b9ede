//! `freeagentics users list`.

use serde_json::json;

use crate::{
    client::{Call, Client},
    commands::{
        asking::{roles, text},
        pages::{at_least_one, pages},
    },
    exit::{Exit, Failure},
    tables::{Align, Table},
    terminal::{Format, Terminal},
};

/// Lists them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = at_least_one())]
    limit: usize,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (users, more) = pages(client, &Call::get("/users"), args.limit)?;
    if format == Format::Json {
        terminal.json(&json!({ "users": users, "more": more }))?;
        return Ok(Exit::Done);
    }
    if users.is_empty() {
        writeln!(terminal.out, "nobody; invite somebody: freeagentics users invite ann@example.org --role observer")?;
        return Ok(Exit::Done);
    }
    let columns = ["user", "email", "name", "roles", "status", "last sign-in"];
    let mut table = Table::new(columns.map(|name| (name, Align::Left)));
    for user in &users {
        let [id, email, name, status, last] =
            ["id", "email", "name", "status", "last_sign_in_at"].map(|name| text(user, name));
        table.row([id, email, name, roles(user), status, last]);
    }
    table.write(terminal.out, "")?;
    if more {
        let hint = format!("… there are more than {}: ask for more with --limit", args.limit);
        writeln!(terminal.out, "{}", terminal.paint.faint(&hint))?;
    }
    Ok(Exit::Done)
}
