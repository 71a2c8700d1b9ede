//! `freeagentics keys list`.

use serde_json::{Value, json};

use crate::{
    client::{Call, Client},
    exit::{Exit, Failure},
    tables::{Align, Table},
    terminal::{Format, Terminal, harmless},
};

/// Lists them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Those that work no more, too.
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let listed = client.ask(&Call::get("/keys"))?;
    let keys = listed.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_wanted = |key: &&Value| args.all || key.get("revoked_at").is_none_or(Value::is_null);
    let keys: Vec<&Value> = keys.iter().filter(is_wanted).collect();
    if format == Format::Json {
        terminal.json(&json!({ "keys": keys }))?;
        return Ok(Exit::Done);
    }
    let columns = ["key", "name", "permissions", "belongs to", "expires", "last used"];
    let mut table = Table::new(columns.map(|name| (name, Align::Left)));
    for key in keys {
        let text = |name| key.get(name).and_then(Value::as_str);
        let permissions = key.get("permissions").and_then(Value::as_array).into_iter().flatten();
        let permissions: Vec<&str> = permissions.filter_map(Value::as_str).collect();
        let whose = text("owner").or_else(|| text("service")).unwrap_or_default();
        let [id, name, expires, used] =
            ["id", "name", "expires_at", "last_used_at"].map(|name| text(name).unwrap_or_default());
        let cells = [id, name, &permissions.join(" "), whose, expires, used];
        table.row(cells.map(|cell| harmless(cell).into_owned()));
    }
    table.write(terminal.out, "")?;
    Ok(Exit::Done)
}
