//! A step as the API wants it, from what people write.

use serde_json::{Map, Value};

use crate::commands::written;

/// The body of a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Step(Map<String, Value>);

impl Step {
    /// From `name=value` each.
    pub(super) fn from_pairs(pairs: &[(String, String)]) -> Self {
        let observation = pairs.iter().map(|(name, text)| (name.clone(), written::value(text)));
        Self(Map::from_iter([("observation".to_owned(), Value::Object(observation.collect()))]))
    }

    /// From a line as `freeagentics run` takes it: a value for each modality, and beside them `executed` and `elapsed`.
    pub(super) fn from_json(text: &str) -> Result<Self, String> {
        let mut observation: Map<String, Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut step = Map::new();
        for (written, wanted) in [("executed", "executed_action"), ("elapsed", "elapsed")] {
            if let Some(value) = observation.shift_remove(written) {
                step.insert(wanted.to_owned(), value);
            }
        }
        step.insert("observation".to_owned(), Value::Object(observation));
        Ok(Self(step))
    }

    /// From an item of the API's own.
    pub(super) fn from_item(text: &str) -> Result<Self, String> {
        let item: Map<String, Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let named = item.get("agent").is_some_and(Value::is_string);
        if named { Ok(Self(item)) } else { Err("no `agent` is named".to_owned()) }
    }

    /// What was really done before.
    pub(super) fn executed(&mut self, action: &str) {
        self.set("executed_action", written::action(action));
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// The same, unless the line says it itself.
    pub(super) fn set_if_missing(&mut self, name: &str, value: impl FnOnce() -> Value) {
        self.0.entry(name).or_insert_with(value);
    }

    pub(super) fn body(self) -> Value {
        Value::Object(self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_seen_is_parted_from_what_was_done() {
        let step = Step::from_json(r#"{"check": 5000, "executed": "probe", "elapsed": 3}"#).unwrap();
        assert_eq!(step.body(), json!({ "executed_action": "probe", "elapsed": 3, "observation": { "check": 5000 } }));
        let pairs = [("check".to_owned(), "5000".to_owned()), ("deep_probe".to_owned(), "dead".to_owned())];
        let body = Step::from_pairs(&pairs).body();
        assert_eq!(body, json!({ "observation": { "check": 5000, "deep_probe": "dead" } }));
    }

    #[test]
    fn a_line_that_names_no_agent_is_no_item() {
        assert!(Step::from_item(r#"{"agent": "a", "observation": {}}"#).is_ok());
        assert!(Step::from_item(r#"{"observation": {}}"#).is_err() && Step::from_item("[]").is_err());
    }
}
