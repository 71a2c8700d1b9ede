//! `freeagentics workspaces`: installations within the installation.

use clap::Subcommand;
use serde_json::{Value, json};

use super::asking::{Question, Things, done, items, text};
use super::keys::create::show;
use super::users::invite;
use crate::{
    client::{Call, Client},
    exit::{Exit, Failure},
    tables::{Align, Table},
    terminal::{Format, Terminal},
};

/// How they are named.
const WORKSPACES: Things =
    Things { path: "/workspaces", code: "workspace_not_found", one: "workspace", list: "workspaces list" };

/// Lists, makes and renames workspaces, and invites people into them.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List the workspaces that you can see.
    List,
    /// Make a workspace; the key that opens it is shown once.
    Create(CreateArgs),
    /// Give a workspace another name.
    Rename(RenameArgs),
    /// Invite somebody into a workspace, such as the first person there.
    Invite(InviteArgs),
}

/// Makes one.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArgs {
    /// What it is called.
    #[arg(value_name = "NAME")]
    name: String,
}

/// Renames one.
#[derive(Debug, clap::Args)]
pub(crate) struct RenameArgs {
    /// Its number or name.
    #[arg(value_name = "WORKSPACE")]
    id: String,
    /// What it is called from now on.
    #[arg(value_name = "NAME")]
    name: String,
}

/// Invites somebody.
#[derive(Debug, clap::Args)]
pub(crate) struct InviteArgs {
    /// Its number or name.
    #[arg(value_name = "WORKSPACE")]
    id: String,
    #[command(flatten)]
    person: invite::Args,
}

impl Question for Verb {
    fn ask(&self, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
        match self {
            Self::List => list(client, format, terminal),
            Self::Create(CreateArgs { name }) => create(name, client, format, terminal),
            Self::Rename(RenameArgs { id, name }) => {
                let id = WORKSPACES.id_of(client, id)?;
                let renamed = client.ask(&Call::put(format!("/workspaces/{id}"), &json!({ "name": name })))?;
                done(&renamed, &format!("workspace {id} is {}", text(&renamed, "name")), format, terminal)
            }
            Self::Invite(InviteArgs { id, person }) => {
                let id = WORKSPACES.id_of(client, id)?;
                invite::invite(&format!("/workspaces/{id}/users"), person, client, format, terminal)
            }
        }
    }
}

fn list(client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let workspaces = items(client, "/workspaces")?;
    if format == Format::Json {
        terminal.json(&json!({ "workspaces": workspaces }))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new([("workspace", Align::Right), ("name", Align::Left), ("since", Align::Left)]);
    for workspace in &workspaces {
        table.row([number(workspace), text(workspace, "name"), text(workspace, "created_at")]);
    }
    table.write(terminal.out, "")?;
    Ok(Exit::Done)
}

fn create(name: &str, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let made = client.ask(&Call::post("/workspaces", &json!({ "name": name })))?;
    if format == Format::Json {
        terminal.json(&made)?;
        return Ok(Exit::Done);
    }
    writeln!(terminal.out, "workspace {} is {}", number(&made), text(&made, "name"))?;
    show(made.get("administrator").unwrap_or(&Value::Null), terminal)
}

fn number(workspace: &Value) -> String {
    workspace.get("id").and_then(Value::as_u64).map_or_else(String::new, |id| id.to_string())
}
