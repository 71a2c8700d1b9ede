//! `freeagentics roles`: names for sets of permissions.

use clap::Subcommand;
use serde_json::{Value, json};

use crate::{
    client::{Call, Client, Connection, segment},
    exit::{Exit, Failure},
    tables::{Align, Table},
    terminal::{Format, Terminal, harmless},
};

/// Lists, makes, changes and deletes roles.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List roles: those that every workspace has, and your own.
    List,
    /// Make a role that may no more than you.
    Create(Content),
    /// Change what a role means and may; whoever has it may so at once.
    Update(Content),
    /// Delete a role; whoever has it loses it at once.
    Delete(Named),
}

/// What a role is to be.
#[derive(Debug, clap::Args)]
struct Content {
    /// Its name: small letters, digits, `_` and `-`.
    #[arg(value_name = "ROLE")]
    name: String,
    /// Whom it is for, in a line.
    #[arg(long)]
    meaning: String,
    /// A permission that it has, such as `agents:read`. May be given several times.
    #[arg(long = "permission", value_name = "PERMISSION")]
    permissions: Vec<String>,
    /// Say that who has it needs a second factor to sign in.
    #[arg(long)]
    factor_required: bool,
}

/// Which role.
#[derive(Debug, clap::Args)]
struct Named {
    /// Its name.
    #[arg(value_name = "ROLE")]
    name: String,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let client = args.connection.open()?;
    match &args.verb {
        Verb::List => list(&client, format, terminal)?,
        Verb::Create(content) => {
            let mut body = content.body();
            body["name"] = content.name.as_str().into();
            told(&client.ask(&Call::post("/roles", &body))?, "is there", format, terminal)?;
        }
        Verb::Update(content) => {
            let call = Call::put(format!("/roles/{}", segment(&content.name)), &content.body());
            told(&client.ask(&call)?, "is changed", format, terminal)?;
        }
        Verb::Delete(Named { name }) => {
            client.ask(&Call::delete(format!("/roles/{}", segment(name))))?;
            told(&json!({ "name": name, "deleted": true }), "is gone", format, terminal)?;
        }
    }
    Ok(Exit::Done)
}

impl Content {
    fn body(&self) -> Value {
        let Self { meaning, permissions, factor_required, .. } = self;
        json!({ "meaning": meaning, "permissions": permissions, "factor_required": factor_required })
    }
}

fn list(client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let listed = client.ask(&Call::get("/roles"))?;
    let roles = listed.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    if format == Format::Json {
        return Ok(terminal.json(&json!({ "roles": roles }))?);
    }
    let mut table = Table::new(["role", "for whom", "permissions"].map(|name| (name, Align::Left)));
    for role in &roles {
        let text = |name| harmless(role.get(name).and_then(Value::as_str).unwrap_or_default()).into_owned();
        let permissions = role.get("permissions").and_then(Value::as_array).into_iter().flatten();
        let permissions: Vec<&str> = permissions.filter_map(Value::as_str).collect();
        table.row([text("name"), text("meaning"), permissions.join(" ")]);
    }
    Ok(table.write(terminal.out, "")?)
}

fn told(role: &Value, what: &str, format: Format, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let name = harmless(role.get("name").and_then(Value::as_str).unwrap_or_default());
    match format {
        Format::Json => terminal.json(role)?,
        Format::Text => writeln!(terminal.out, "{name} {what}")?,
    }
    Ok(())
}
