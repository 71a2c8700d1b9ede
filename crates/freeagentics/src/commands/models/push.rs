//! `freeagentics models push`.

use serde_json::Value;

use crate::{
    client::{Call, Client, segment},
    exit::{Exit, Failure},
    models,
    terminal::{Format, Terminal, harmless},
};

/// Gives one to the server.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A model document (YAML or JSON), `-` for standard input, or the name of a built-in model.
    #[arg(value_name = "MODEL")]
    model: String,
    /// Only let the server check it.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let source = models::source(&args.model, terminal)?;
    // What is wrong with it is better told here, with the lines of the file, than by a server that may be far away.
    source.document().map_err(|problems| Failure::Model { origin: source.origin.clone(), problems })?;
    let mut call = Call::post_text("/models", source.media_type(), source.bytes);
    if args.dry_run {
        call = call.query("dry_run", "true");
    }
    let answer = client.send(&call).map_err(|trouble| trouble.into_failure(client.base()))?;
    if format == Format::Json {
        terminal.json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let name = harmless(answer.body.get("name").and_then(Value::as_str).unwrap_or_default()).into_owned();
    let version = answer.body.get("version").and_then(Value::as_u64).unwrap_or_default();
    match (args.dry_run, answer.status) {
        (true, _) => writeln!(terminal.out, "{name} is sound; nothing was stored")?,
        (false, 201) => writeln!(terminal.out, "{name}@{version} is stored")?,
        (false, _) => known(&name, version, client, terminal)?,
    }
    Ok(Exit::Done)
}

/// An older version that is pushed again does not become the latest, which who goes back to it would expect.
fn known(name: &str, version: u64, client: &Client, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    writeln!(terminal.out, "{name}@{version} is this very model: nothing to do")?;
    let latest = client.ask(&Call::get(format!("/models/{}", segment(name))))?;
    match latest.get("version").and_then(Value::as_u64) {
        Some(latest) if latest > version => {
            writeln!(
                terminal.out,
                "the latest is {name}@{latest}, and new agents get that; name {name}@{version} to get this"
            )?;
        }
        _ => {}
    }
    Ok(())
}
