//! Commands that ask a server: what they have in common is where it is, which key opens it, and how its answers are read.

use clap::Subcommand;
use serde_json::Value;

use crate::{
    client::{Call, Client, Connection, Trouble},
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
        let client = self.connection.open(format, terminal)?;
        self.question.ask(&client, format, terminal)
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

/// Things that have an id and a name: where they are listed, what they are, how each is called and how people list them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Things {
    pub(super) path: &'static str,
    pub(super) code: &'static str,
    pub(super) one: &'static str,
    pub(super) list: &'static str,
}

impl Things {
    /// The id of the one that is meant by its id or by its name. Who may not list them knows the id.
    pub(super) fn id_of(self, client: &Client, meant: &str) -> Result<String, Failure> {
        let listed = match client.send(&Call::get(self.path)) {
            Ok(answer) => answer.body,
            Err(Trouble::Refused(refusal)) if refusal.code == "forbidden" => return Ok(meant.to_owned()),
            Err(trouble) => return Err(trouble.into_failure(client.base())),
        };
        let items = listed.get("items").and_then(Value::as_array).into_iter().flatten();
        // What was revoked goes on being listed, and may have the name of what took its place.
        let there: Vec<&Value> = items.filter(|item| item.get("revoked_at").is_none_or(Value::is_null)).collect();
        let ids = |is_it: &dyn Fn(&Value) -> bool| -> Vec<String> {
            there.iter().filter(|item| is_it(item)).filter_map(|item| identity(item)).collect()
        };
        let mut found = ids(&|item| identity(item).as_deref() == Some(meant));
        if found.is_empty() {
            found = ids(&|item| item.get("name").and_then(Value::as_str) == Some(meant));
        }
        let Self { code, one, list, .. } = self;
        match (found.pop(), found.len()) {
            (Some(id), 0) => Ok(id),
            (None, _) => {
                let message = format!("there is no {one} `{}`, neither by id nor by name", harmless(meant));
                Err(Failure::no_such(code, message, format!("see which there are: freeagentics {list}")))
            }
            (Some(_), others) => {
                let message = format!("more than one {one} is called `{}`: {}", harmless(meant), others + 1);
                Err(Failure::no_such("ambiguous", message, format!("name one by its id: freeagentics {list}")))
            }
        }
    }
}

/// An id, be it a text or a number.
fn identity(item: &Value) -> Option<String> {
    let id = item.get("id")?;
    id.as_str().map(str::to_owned).or_else(|| id.as_i64().map(|number| number.to_string()))
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
