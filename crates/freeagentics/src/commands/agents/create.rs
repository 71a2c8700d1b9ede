//! `freeagentics agents create`.

use serde_json::{Map, Value};

use super::labels;
use crate::{
    client::{Call, Client, Trouble},
    commands::written::pair,
    exit::{Exit, Failure},
    models::Shipped,
    terminal::{Format, Terminal, harmless},
};

/// Creates one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to call it: up to 128 letters, digits, and `.`, `_`, `:`, `-`. Without it the server makes a name.
    #[arg(value_name = "AGENT")]
    id: Option<String>,
    /// Its model, as the server knows it: `watchdog` is the latest version, `watchdog@2` the second.
    #[arg(long, value_name = "NAME[@VERSION]")]
    model: String,
    /// A label to find it by. May be given several times.
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = pair)]
    labels: Vec<(String, String)>,
    /// Seed of its draws, for models that choose by chance.
    #[arg(long)]
    seed: Option<u64>,
}

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let mut body = Map::from_iter([("model".to_owned(), Value::from(args.model.as_str()))]);
    if let Some(id) = &args.id {
        body.insert("id".to_owned(), Value::from(id.as_str()));
    }
    if !args.labels.is_empty() {
        body.insert("labels".to_owned(), labels(&args.labels));
    }
    if let Some(seed) = args.seed {
        body.insert("seed".to_owned(), seed.into());
    }
    let sent = client.send(&Call::post("/agents", &Value::Object(body)));
    let agent = sent.map_err(|trouble| with_hint(trouble, &args.model).into_failure(client.base()))?.body;
    match format {
        Format::Json => terminal.json(&agent)?,
        Format::Text => {
            let text = |pointer| harmless(agent.pointer(pointer).and_then(Value::as_str).unwrap_or_default());
            let version = agent.pointer("/model/version").and_then(Value::as_u64).unwrap_or_default();
            let (id, model) = (text("/id"), text("/model/name"));
            writeln!(terminal.out, "{} is there, of {model}@{version}", terminal.paint.strong(&id))?;
        }
    }
    Ok(Exit::Done)
}

/// A model that is built in here need not be on the server; then it is a matter of one command.
fn with_hint(mut trouble: Trouble, model: &str) -> Trouble {
    if let Trouble::Refused(refusal) = &mut trouble
        && refusal.code == "model_not_found"
        && Shipped::find(model).is_ok()
    {
        let mend =
            format!("`{model}` is built into this program; give it to the server: freeagentics models push {model}");
        refusal.document.insert("mend".to_owned(), mend.into());
    }
    trouble
}
