//! `freeagentics roles`: names for sets of permissions.

use clap::Subcommand;
use serde_json::{Value, json};

use super::asking::{Question, done, items, text, texts};
use crate::{
    client::{Call, Client, segment},
    exit::{Exit, Failure},
    tables::{Align, Table},
    terminal::{Format, Terminal},
};

/// Lists, makes, changes and deletes roles.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
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
pub(crate) struct Content {
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
pub(crate) struct Named {
    /// Its name.
    #[arg(value_name = "ROLE")]
    name: String,
}

impl Question for Verb {
    fn ask(&self, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
        match self {
            Self::List => list(client, format, terminal),
            Self::Create(content) => {
                let mut body = content.body();
                body["name"] = content.name.as_str().into();
                told(&client.ask(&Call::post("/roles", &body))?, "is there", format, terminal)
            }
            Self::Update(content) => {
                let call = Call::put(format!("/roles/{}", segment(&content.name)), &content.body());
                told(&client.ask(&call)?, "is changed", format, terminal)
            }
            Self::Delete(Named { name }) => {
                client.ask(&Call::delete(format!("/roles/{}", segment(name))))?;
                told(&json!({ "name": name, "deleted": true }), "is gone", format, terminal)
            }
        }
    }
}

impl Content {
    fn body(&self) -> Value {
        let Self { meaning, permissions, factor_required, .. } = self;
        json!({ "meaning": meaning, "permissions": permissions, "factor_required": factor_required })
    }
}

fn list(client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let roles = items(client, "/roles")?;
    if format == Format::Json {
        terminal.json(&json!({ "roles": roles }))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["role", "for whom", "permissions"].map(|name| (name, Align::Left)));
    for role in &roles {
        table.row([text(role, "name"), text(role, "meaning"), texts(role, "permissions", " ")]);
    }
    table.write(terminal.out, "")?;
    Ok(Exit::Done)
}

fn told(role: &Value, what: &str, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    done(role, &format!("{} {what}", text(role, "name")), format, terminal)
}
