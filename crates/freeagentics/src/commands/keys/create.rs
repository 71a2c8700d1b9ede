//! `freeagentics keys create`.

use serde_json::{Value, json};

use crate::{
    client::{Call, Client, segment},
    commands::{asking::text, services::SERVICES},
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Makes one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to call it.
    #[arg(value_name = "NAME")]
    name: String,
    /// A permission that it has, such as `agents:read`; `*` is all of them. May be given several times.
    #[arg(long = "permission", value_name = "PERMISSION", required = true)]
    permissions: Vec<String>,
    /// After how many seconds it stops working; never without it.
    #[arg(long, value_name = "SECONDS")]
    expires_in: Option<u32>,
    /// The service account, by id or name, that it is to open.
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let service = args.service.as_ref().map(|service| SERVICES.id_of(client, service)).transpose()?;
    let path = service.map_or_else(|| "/keys".into(), |id| format!("/services/{}/keys", segment(&id)));
    let body = json!({ "name": args.name, "permissions": args.permissions, "expires_in": args.expires_in });
    let made = client.ask(&Call::post(path, &body))?;
    if format == Format::Json {
        terminal.json(&made)?;
        return Ok(Exit::Done);
    }
    show(&made, terminal)
}

/// A key that was just made.
pub(in crate::commands) fn show(made: &Value, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    writeln!(terminal.out, "{} is there ({})", terminal.paint.strong(&text(made, "name")), text(made, "id"))?;
    writeln!(terminal.out, "  key  {}", text(made, "key"))?;
    writeln!(terminal.out, "  it is shown only now: nobody can read it again")?;
    Ok(Exit::Done)
}
