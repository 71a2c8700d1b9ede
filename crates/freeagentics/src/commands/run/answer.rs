//! What a person at the prompt may answer.

use freeagentics_inference::document::closest;
use serde_json::{Map, Value};

use super::Explain;

/// What may be said besides what is seen.
pub(super) const COMMANDS: [&str; 7] = [":done", ":elapsed", ":full", ":summary", ":new", ":help", ":quit"];

/// What `:help` says.
pub(super) const HELP: &str =
    "  Answer with a label, or a number where the modality has bins; Enter for nothing seen; Tab completes.
  What could tell nothing, after what was done, is not asked for.
  name=value name=value   several at once, and decide
  :done ACTION            the last decision was not carried out: this was done instead
  :elapsed N              so many ticks have passed since the last step
  :full, :summary         how much is told of each decision
  :new                    begin a new episode
  :quit                   leave (also Ctrl-D)";

/// What an answer asks for.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    /// Values for modalities; `true` if the step is complete with them.
    Seen(Map<String, Value>, bool),
    /// Something else to say about the step: `executed` or `elapsed`.
    Beside(&'static str, Value),
    Tell(Explain),
    New,
    Help,
    Quit,
    /// Not understood, and why.
    Unclear(String),
}

/// Understands an answer to the question for `modality`.
pub(super) fn understand(answer: &str, modality: &str) -> Answer {
    let answer = answer.trim();
    if let Some(command) = answer.strip_prefix(':') {
        return self::command(command);
    }
    if answer.is_empty() {
        return Answer::Seen(Map::new(), false);
    }
    if answer.contains('=') {
        let mut seen = Map::new();
        for word in answer.split_whitespace() {
            let Some((name, text)) = word.split_once('=') else {
                return Answer::Unclear(format!("`{word}` is not name=value"));
            };
            seen.insert(name.to_owned(), value(text));
        }
        return Answer::Seen(seen, true);
    }
    Answer::Seen([(modality.to_owned(), value(answer))].into_iter().collect(), false)
}

fn command(command: &str) -> Answer {
    let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    match (name, rest.trim()) {
        ("full", _) => Answer::Tell(Explain::Full),
        ("summary", _) => Answer::Tell(Explain::Summary),
        ("new", _) => Answer::New,
        ("help", _) => Answer::Help,
        ("quit" | "q", _) => Answer::Quit,
        ("done", "") => Answer::Unclear("what was done? write :done ACTION".to_owned()),
        ("done", action) => Answer::Beside("executed", executed(action)),
        ("elapsed", ticks) => Answer::Beside("elapsed", value(ticks)),
        (unknown, _) => {
            let meant = closest(unknown, COMMANDS.iter().map(|command| command.trim_start_matches(':')));
            let meant = meant.map(|meant| format!("; did you mean :{meant}?")).unwrap_or_default();
            Answer::Unclear(format!("there is no :{unknown}{meant} (:help lists what there is)"))
        }
    }
}

/// `restart`, or `control=value …` when there are several.
fn executed(action: &str) -> Value {
    let settings: Option<Map<String, Value>> = action
        .split_whitespace()
        .map(|word| word.split_once('=').map(|(control, value)| (control.to_owned(), Value::from(value))))
        .collect();
    settings.map_or_else(|| Value::from(action), Value::Object)
}

/// A number if it is one, else a name.
fn value(text: &str) -> Value {
    let number = text.parse::<serde_json::Number>().ok().map(Value::Number);
    number.unwrap_or_else(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_understood_and_slips_of_the_pen_are_named() {
        assert_eq!(command("done restart"), Answer::Beside("executed", "restart".into()));
        assert_eq!(command("elapsed 3"), Answer::Beside("elapsed", 3.into()));
        assert!(matches!(command("quti"), Answer::Unclear(why) if why.contains(":quit")));
    }

    #[test]
    fn several_values_at_once_make_the_step_complete() {
        let seen =
            |pairs: &[(&str, Value)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let both = Answer::Seen(seen(&[("check", 38.into()), ("probe", "dead".into())]), true);
        assert_eq!(understand("check=38 probe=dead", "check"), both);
        assert_eq!(understand("fail", "check"), Answer::Seen(seen(&[("check", "fail".into())]), false));
        assert!(matches!(understand("check=1 dead", "check"), Answer::Unclear(_)));
    }
}
