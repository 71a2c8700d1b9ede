//! What a person at the prompt may answer.

use freeagentics_inference::{
    document::closest,
    model::{Modality, Spec},
};
use serde_json::{Map, Value};

use super::Explain;
use crate::commands::written::{action, value};

/// What may be said besides what is seen.
pub(super) const COMMANDS: [&str; 7] = [":done", ":elapsed", ":full", ":summary", ":new", ":help", ":quit"];

/// What `:help` says.
pub(super) const HELP: &str =
    "  Answer with a label, or a number where the modality has bins; Enter for nothing seen; Tab completes.
  What could tell nothing, after what was done, is not asked for.
  name=value name=value   several at once, and decide; a line as in a file of observations will do too
  :done ACTION            the last decision was not carried out: this was done instead
  :elapsed N              so many ticks have passed since the last step
  :full, :summary         how much is told of each decision
  :new                    begin a new episode
  :quit                   leave (also Ctrl-D; Ctrl-C only clears the line)";

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
pub(super) fn understand(answer: &str, modality: &Modality, spec: &Spec) -> Answer {
    let answer = answer.trim();
    if let Some(command) = answer.strip_prefix(':') {
        return self::command(command);
    }
    if answer.is_empty() {
        return Answer::Seen(Map::new(), false);
    }
    if answer.starts_with('{') {
        return match serde_json::from_str(answer) {
            Ok(seen) => Answer::Seen(seen, true),
            Err(error) => Answer::Unclear(format!("not a JSON object: {error}")),
        };
    }
    if answer.contains('=') {
        let mut seen = Map::new();
        for word in answer.split_whitespace() {
            let Some((name, text)) = word.split_once('=') else {
                return Answer::Unclear(format!("`{word}` is not name=value"));
            };
            if text.is_empty() {
                return Answer::Unclear(format!("`{name}=` has no value; {}", for_example(name, spec)));
            }
            seen.insert(name.to_owned(), value(text));
        }
        return Answer::Seen(seen, true);
    }
    Answer::Seen([(modality.name.clone(), value(without_unit(answer, modality)))].into_iter().collect(), false)
}

/// `write rerun=green`, or whatever else it may show that says something.
fn for_example(name: &str, spec: &Spec) -> String {
    let known = spec.modalities.iter().find(|modality| modality.name == name);
    match known.and_then(|modality| modality.labels.last()) {
        Some(label) => format!("write for example {name}={label}"),
        None => "leave it out if nothing was seen".to_owned(),
    }
}

/// A number without the unit that the question named.
fn without_unit<'a>(answer: &'a str, modality: &Modality) -> &'a str {
    let number = modality.unit.as_deref().and_then(|unit| answer.strip_suffix(unit)).map(str::trim_end);
    number.filter(|number| number.parse::<f64>().is_ok()).unwrap_or(answer)
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
        ("done", done) => Answer::Beside("executed", action(done)),
        ("elapsed", ticks) => Answer::Beside("elapsed", value(ticks)),
        (unknown, _) => {
            let meant = closest(unknown, COMMANDS.iter().map(|command| command.trim_start_matches(':')));
            let meant = meant.map(|meant| format!("; did you mean :{meant}?")).unwrap_or_default();
            Answer::Unclear(format!("there is no :{unknown}{meant} (:help lists what there is)"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::example::watchdog;

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
        assert_eq!(understood("check=38 probe=dead"), both);
        assert_eq!(understood(r#"{"check": 38, "probe": "dead"}"#), both);
        assert_eq!(understood("fail"), Answer::Seen(seen(&[("check", "fail".into())]), false));
        assert!(matches!(understood("check=1 dead"), Answer::Unclear(_)));
    }

    #[test]
    fn a_number_may_carry_the_unit_that_was_asked_for() {
        let seconds = |number: f64| Answer::Seen([("check".to_owned(), number.into())].into_iter().collect(), false);
        assert_eq!(understood("1.5 s"), seconds(1.5));
        assert_eq!(understood("1.5s"), seconds(1.5));
        assert_ne!(understood("1.5 m"), seconds(1.5));
    }

    #[test]
    fn a_name_without_a_value_is_answered_with_one_that_fits() {
        let why = "`check=` has no value; write for example check=fail";
        assert_eq!(understood("check="), Answer::Unclear(why.to_owned()));
    }

    fn understood(answer: &str) -> Answer {
        let mut spec = watchdog();
        spec.modalities[0].unit = Some("s".to_owned());
        understand(answer, &spec.modalities[0], &spec)
    }
}
