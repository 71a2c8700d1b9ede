//! `freeagentics services`: programs with a name and roles of their own. Their keys are made by `freeagentics keys create
//! --service`.

use clap::Subcommand;
use serde_json::{Value, json};

use super::asking::{Question, Things, done, items, roles, text};
use super::users::id_of;
use crate::{
    client::{Call, Client, segment},
    exit::{Exit, Failure},
    tables::{Align, Table},
    terminal::{Format, Terminal, harmless},
};

/// How they are named.
pub(super) const SERVICES: Things =
    Things { path: "/services", code: "service_not_found", one: "service account", list: "services list" };

/// Lists, makes, changes and deletes service accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List service accounts, and who is asked about each.
    List,
    /// Make a service account that may no more than you; it has no key yet.
    Create(Content),
    /// Change what a service account is called and may; its keys may so at once.
    Update(UpdateArgs),
    /// Delete a service account: its keys stop working at once.
    Delete(DeleteArgs),
}

/// What a service account is to be.
#[derive(Debug, clap::Args)]
pub(crate) struct Content {
    /// What it is called.
    #[arg(value_name = "NAME")]
    name: String,
    /// A role that it has. May be given several times.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// The user, by id or address, who is asked about it: you, or whoever it was before.
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
}

/// Changes one.
#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArgs {
    /// Its id or name.
    #[arg(value_name = "SERVICE")]
    id: String,
    #[command(flatten)]
    content: Content,
}

/// Deletes one.
#[derive(Debug, clap::Args)]
pub(crate) struct DeleteArgs {
    /// Its id or name.
    #[arg(value_name = "SERVICE")]
    id: String,
}

impl Question for Verb {
    fn ask(&self, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
        match self {
            Self::List => list(client, format, terminal),
            Self::Create(content) => {
                let made = client.ask(&Call::post("/services", &content.body(client)?))?;
                show(&made, format, terminal)
            }
            Self::Update(UpdateArgs { id, content }) => {
                let id = SERVICES.id_of(client, id)?;
                let call = Call::put(format!("/services/{}", segment(&id)), &content.body(client)?);
                show(&client.ask(&call)?, format, terminal)
            }
            Self::Delete(DeleteArgs { id: meant }) => {
                let id = SERVICES.id_of(client, meant)?;
                client.ask(&Call::delete(format!("/services/{}", segment(&id))))?;
                let line = format!("{} is gone, and its keys work no more", harmless(meant));
                done(&json!({ "id": id, "deleted": true }), &line, format, terminal)
            }
        }
    }
}

impl Content {
    fn body(&self, client: &Client) -> Result<Value, Failure> {
        let Self { name, roles, owner } = self;
        let owner = owner.as_deref().map(|owner| id_of(client, owner)).transpose()?;
        Ok(json!({ "name": name, "roles": roles, "owner": owner }))
    }
}

fn list(client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let services = items(client, "/services")?;
    if format == Format::Json {
        terminal.json(&json!({ "services": services }))?;
        return Ok(Exit::Done);
    }
    if services.is_empty() {
        writeln!(terminal.out, "none; make one: freeagentics services create nightly --role observer")?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["service", "name", "roles", "owner", "since"].map(|name| (name, Align::Left)));
    for service in &services {
        let [id, name, owner, since] = ["id", "name", "owner", "created_at"].map(|name| text(service, name));
        table.row([id, name, roles(service), owner, since]);
    }
    table.write(terminal.out, "")?;
    Ok(Exit::Done)
}

/// What a service account is now, in a line.
fn show(service: &Value, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let line =
        format!("{}  {}, {}", terminal.paint.strong(&text(service, "id")), text(service, "name"), roles(service));
    done(service, &line, format, terminal)
}
