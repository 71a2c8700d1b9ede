//! `freeagentics models versions`, and how a version is named.

use serde_json::{Value, json};

use crate::{
    client::{Call, Client, segment},
    commands::pages::pages,
    exit::{Exit, Failure},
    tables::{Align, Table},
    terminal::{Format, Terminal, harmless},
};

/// Lists the versions of one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The model.
    #[arg(value_name = "NAME")]
    model: String,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (name, _) = address(&args.model)?;
    let (versions, _) = pages(client, &Call::get(format!("{name}/versions")), usize::MAX)?;
    if format == Format::Json {
        terminal.json(&json!({ "versions": versions }))?;
        return Ok(Exit::Done);
    }
    let columns = ["version", "since", "by", "digest"].map(|name| (name, Align::Left));
    let mut table = Table::new(columns);
    for version in &versions {
        let text = |name| harmless(version.get(name).and_then(Value::as_str).unwrap_or_default()).into_owned();
        let number = version.get("version").and_then(Value::as_u64).unwrap_or_default();
        table.row([number.to_string(), text("created_at"), text("created_by"), text("digest")]);
    }
    table.write(terminal.out, "")?;
    Ok(Exit::Done)
}

/// `watchdog@2` as the address of the model and the version.
pub(super) fn address(model: &str) -> Result<(String, Option<u64>), Failure> {
    let (name, version) = model.split_once('@').map_or((model, None), |(name, version)| (name, Some(version)));
    let version = version.map(str::parse).transpose().map_err(|_| {
        Failure::usage("bad_version", format!("`{model}`: a version is a number"), format!("write {name}@1"))
    })?;
    Ok((format!("/models/{}", segment(name)), version))
}
