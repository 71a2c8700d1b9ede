//! Many steps from a file, a batch at a time.

use std::fs::File;
use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use super::{observation::Step, tell};
use crate::{
    client::{Call, Client},
    commands::run::Explain,
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Steps that are sent at once: few enough that answers come at a steady pace, enough that a server can compute them
/// together.
const AT_ONCE: usize = 500;

/// What is done with a file.
pub(super) struct Batch<'a> {
    /// The agent that all lines are for; none if each names its own.
    pub(super) agent: Option<&'a str>,
    pub(super) explain: Explain,
    /// The name of the whole; each line adds its number.
    pub(super) key: &'a str,
    pub(super) file: &'a str,
}

impl Batch<'_> {
    pub(super) fn send(self, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
        let mut nothing = std::io::empty();
        let (input, mut terminal) = terminal.halves(&mut nothing);
        if self.file == "-" {
            return self.all(input, client, format, &mut terminal);
        }
        let file = File::open(self.file).map_err(|error| Failure::unreadable(self.file, error))?;
        self.all(&mut BufReader::new(file), client, format, &mut terminal)
    }

    fn all(
        &self,
        input: &mut dyn BufRead,
        client: &Client,
        format: Format,
        terminal: &mut Terminal<'_>,
    ) -> Result<Exit, Failure> {
        let mut waiting: Vec<(usize, Value)> = Vec::new();
        let mut exit = Exit::Done;
        for (index, line) in input.lines().enumerate() {
            let line = line.map_err(|error| Failure::unreadable(self.file, error))?;
            if line.trim().is_empty() {
                continue;
            }
            match self.step(&line, index + 1) {
                Ok(step) => waiting.push((index + 1, step)),
                // The lines before it are answered first, so that it is known how far it went.
                Err(failure) => {
                    self.flush(&mut waiting, client, format, terminal)?;
                    return Err(failure);
                }
            }
            if waiting.len() == AT_ONCE {
                exit = exit.or(self.flush(&mut waiting, client, format, terminal)?);
            }
        }
        Ok(exit.or(self.flush(&mut waiting, client, format, terminal)?))
    }

    fn step(&self, line: &str, number: usize) -> Result<Value, Failure> {
        let read = match self.agent {
            Some(_) => Step::from_json(line),
            None => Step::from_item(line),
        };
        let mend = match self.agent {
            Some(_) => r#"write an observation, such as {"check": 5000}"#,
            None => r#"write {"agent": "a", "observation": {"check": 5000}}, or name the agent before --file"#,
        };
        let mut step = read.map_err(|why| Failure::line(self.file, number, why, mend))?;
        if let Some(agent) = self.agent {
            step.set("agent", agent.into());
        }
        step.set_if_missing("idempotency_key", || format!("{}:{number}", self.key).into());
        Ok(step.body())
    }

    fn flush(
        &self,
        waiting: &mut Vec<(usize, Value)>,
        client: &Client,
        format: Format,
        terminal: &mut Terminal<'_>,
    ) -> Result<Exit, Failure> {
        if waiting.is_empty() {
            return Ok(Exit::Done);
        }
        let (lines, steps): (Vec<usize>, Vec<Value>) = waiting.drain(..).unzip();
        let body = json!({ "items": steps, "explain": self.explain.name() });
        let mut answer = client.ask(&Call::post("/steps", &body).repeatable())?;
        let items = answer.get_mut("items").map(Value::take);
        let mut exit = Exit::Done;
        for (line, item) in lines.into_iter().zip(items.as_ref().and_then(Value::as_array).into_iter().flatten()) {
            exit = exit.or(tell::item(item, &format!("{}:{line}", self.file), self.explain, format, terminal)?);
        }
        terminal.out.flush()?;
        Ok(exit)
    }
}
