//! `freeagentics whoami`.

use serde_json::{Value, json};

use super::asking::{items, roles, text, texts};
use crate::{
    client::{By, Call, Client, Connection},
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Says who you are to a server: by what, with which roles, until when.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    connection: Connection,
}

pub(crate) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let client = args.connection.open(format, terminal)?;
    let (by, mut me) = (args.connection.by(), client.ask(&Call::get("/whoami"))?);
    me["server"] = client.base().into();
    me["by"] = by.name().trim_end_matches(',').into();
    if let Some(session) = me.get("session").and_then(Value::as_str).map(str::to_owned) {
        me["session_expires_at"] = end_of(&client, &session)?;
    }
    if let Some(name) = workspace_of(&client, &me)? {
        me["workspace_name"] = name.into();
    }
    if format == Format::Json {
        terminal.json(&me)?;
        return Ok(Exit::Done);
    }
    tell(&me, &by, terminal)?;
    Ok(Exit::Done)
}

/// When the session ends: its token does so every ten minutes, which nobody notices.
fn end_of(client: &Client, session: &str) -> Result<Value, Failure> {
    let sessions = items(client, "/sessions")?;
    let current = sessions.iter().find(|found| found.get("id").and_then(Value::as_str) == Some(session));
    Ok(json!(current.map(|found| text(found, "expires_at"))))
}

/// What the workspace is called: people are told with who they are, of a key who may see that is.
fn workspace_of(client: &Client, me: &Value) -> Result<Option<String>, Failure> {
    if let Some(name) = me.pointer("/user/workspace").and_then(Value::as_str) {
        return Ok(Some(harmless(name).into_owned()));
    }
    let has = me.get("permissions").and_then(Value::as_array).into_iter().flatten();
    if !has.clone().any(|permission| permission == "workspaces:read") {
        return Ok(None);
    }
    let listed = items(client, "/workspaces")?;
    let own = listed.iter().find(|found| found.get("id") == me.get("workspace"));
    Ok(own.map(|found| text(found, "name")))
}

fn tell(me: &Value, by: &By, terminal: &mut Terminal<'_>) -> std::io::Result<()> {
    let id = text(me, "id");
    let (who, what) = match me.get("user") {
        Some(user) => (text(user, "name"), format!("{} ({id})", text(user, "email"))),
        None => (id, text(me, "kind").replace('_', " ")),
    };
    writeln!(terminal.out, "{}, {what}", terminal.paint.strong(&who))?;
    let workspace = me.get("workspace").and_then(Value::as_i64).unwrap_or_default();
    let name = text(me, "workspace_name");
    let name = if name.is_empty() { workspace.to_string() } else { name };
    writeln!(terminal.out, "  on     {}, in workspace {name}", text(me, "server"))?;
    writeln!(terminal.out, "  by     {}", text(me, "by"))?;
    let until = match (by, text(me, "expires_at"), text(me, "session_expires_at")) {
        (By::Session, _, ends) => format!("{ends}, or until it is not used for long"),
        (_, ends, _) if ends.is_empty() => "somebody revokes it".to_owned(),
        (_, ends, _) => ends,
    };
    writeln!(terminal.out, "  until  {until}")?;
    if let Some(user) = me.get("user") {
        writeln!(terminal.out, "  roles  {}", roles(user))?;
    }
    let may = match me.get("administrator").and_then(Value::as_bool) {
        Some(true) => "everything".to_owned(),
        _ => texts(me, "permissions", " "),
    };
    writeln!(terminal.out, "  may    {}", if may.is_empty() { "nothing" } else { &may })
}
