//! `freeagentics config`: every setting there is, or what is in force.

use serde_json::{Value, json};

use crate::{
    exit::{Exit, Failure},
    server::{arguments::Arguments, settings::schema},
    terminal::{Format, Terminal},
};

/// Prints a configuration file with every setting in it, explained and commented out; or what is in force.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print every value that is in force with where it comes from. Secrets are masked.
    #[arg(long)]
    effective: bool,
    #[command(flatten)]
    settings: Arguments,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    if !args.effective {
        match format {
            Format::Text => terminal.out.write_all(schema().file_example().as_bytes())?,
            Format::Json => terminal.json(&json!({ "settings": schema().entries() }))?,
        }
        return Ok(Exit::Done);
    }
    let settings = args.settings.load()?;
    match format {
        Format::Text => write!(terminal.out, "{settings}")?,
        Format::Json => {
            let lines = settings.effective();
            let each = lines
                .iter()
                .map(|line| json!({ "key": line.key, "value": value(&line.value), "origin": line.origin.to_string() }));
            terminal.json(&json!({ "settings": each.collect::<Vec<_>>() }))?;
        }
    }
    Ok(Exit::Done)
}

/// A value as it stands in TOML; all that settings can be is JSON as well.
fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
