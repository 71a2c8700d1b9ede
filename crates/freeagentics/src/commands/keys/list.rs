//! `freeagentics keys list`.

use serde_json::{Value, json};

use crate::{
    client::Client,
    commands::{
        asking::{items, text, texts},
        services::SERVICES,
    },
    exit::{Exit, Failure},
    tables::{Align, Table},
    terminal::{Format, Terminal},
};

/// Lists them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Those that work no more, too.
    #[arg(long)]
    all: bool,
    /// Only those that open this service account, named by id or name.
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let keys = items(client, "/keys")?;
    let service = args.service.as_ref().map(|service| SERVICES.id_of(client, service)).transpose()?;
    let opens = |key: &Value, id: &String| key.get("service").and_then(Value::as_str) == Some(id);
    let is_wanted = |key: &&Value| {
        let works = key.get("revoked_at").is_none_or(Value::is_null);
        (args.all || works) && service.as_ref().is_none_or(|id| opens(key, id))
    };
    let keys: Vec<&Value> = keys.iter().filter(is_wanted).collect();
    if format == Format::Json {
        terminal.json(&json!({ "keys": keys }))?;
        return Ok(Exit::Done);
    }
    let columns = ["key", "name", "permissions", "belongs to", "expires", "last used"];
    let mut table = Table::new(columns.map(|name| (name, Align::Left)));
    for key in keys {
        let whose = [text(key, "owner"), text(key, "service")].concat();
        let [id, name, expires, used] = ["id", "name", "expires_at", "last_used_at"].map(|name| text(key, name));
        table.row([id, name, texts(key, "permissions", " "), whose, expires, used]);
    }
    table.write(terminal.out, "")?;
    Ok(Exit::Done)
}
