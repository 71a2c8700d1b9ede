//! Commands that ask a server: what they have in common is where it is, which key opens it, and how its answers are read.

use clap::Subcommand;
use serde_json::Value;

use crate::{
    client::{Call, Client, Connection},
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// What can be asked about one kind of things.
pub(crate) trait Question: Subcommand {
    /// Asks it, and says what was answered.
    fn ask(&self, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure>;
}

/// A question, and to which server.
#[derive(Debug, clap::Args)]
pub(crate) struct Asking<Q: Question> {
    #[command(subcommand)]
    question: Q,
    #[command(flatten)]
    connection: Connection,
}

impl<Q: Question> Asking<Q> {
    pub(super) fn run(&self, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
        self.question.ask(&self.connection.open()?, format, terminal)
    }
}

/// The items of a list that is answered whole.
pub(super) fn items(client: &Client, path: impl Into<String>) -> Result<Vec<Value>, Failure> {
    let mut listed = client.ask(&Call::get(path))?;
    Ok(match listed.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    })
}

/// A text of an answer, fit for a terminal.
pub(super) fn text(answer: &Value, name: &str) -> String {
    harmless(answer.get(name).and_then(Value::as_str).unwrap_or_default()).into_owned()
}

/// Texts of an answer, fit for a terminal, with this between them.
pub(super) fn texts(answer: &Value, name: &str, between: &str) -> String {
    let texts = answer.get(name).and_then(Value::as_array).into_iter().flatten();
    let texts: Vec<&str> = texts.filter_map(Value::as_str).collect();
    harmless(&texts.join(between)).into_owned()
}

/// The names of roles that somebody or something has.
pub(super) fn roles(answer: &Value) -> String {
    let names = texts(answer, "roles", ", ");
    if names.is_empty() { "no roles".to_owned() } else { names }
}

/// Tells that something is done: the line for people, the answer for programs.
pub(super) fn done(answer: &Value, line: &str, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    match format {
        Format::Json => terminal.json(answer)?,
        Format::Text => writeln!(terminal.out, "{line}")?,
    }
    Ok(Exit::Done)
}
