//! Values and actions as people write them after an equals sign.

use axiomcore::clock::SystemClock;
use axiomcore::entropy::{Ids, SystemEntropy};
use serde_json::{Map, Value};
use std::sync::Arc;

use crate::exit::Failure;

/// A number if it is one, else a name.
pub(super) fn value(text: &str) -> Value {
    let number = text.parse::<serde_json::Number>().ok().map(Value::Number);
    number.unwrap_or_else(|| Value::from(text))
}

/// `restart`, or `control=value …` when there are several.
pub(super) fn action(text: &str) -> Value {
    let settings: Option<Map<String, Value>> = text
        .split_whitespace()
        .map(|word| word.split_once('=').map(|(control, value)| (control.to_owned(), Value::from(value))))
        .collect();
    settings.map_or_else(|| Value::from(text), Value::Object)
}

/// `name=value`, where both are there.
pub(super) fn pair(word: &str) -> Result<(String, String), String> {
    match word.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected name=value".to_owned()),
    }
}

/// A name for something that is to be done once, however often it is sent.
pub(super) fn fresh_key() -> Result<String, Failure> {
    let ids = Ids::new(Arc::new(SystemClock), &SystemEntropy);
    let mend = "give the request a name of your own with --idempotency-key";
    ids.map(|ids| ids.next().to_string()).map_err(|error| Failure::usage("no_randomness", error, mend))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_numbers_and_everything_else_is_a_name() {
        assert_eq!((value("5000"), value("1e3"), value("fail")), (json!(5000), json!(1e3), json!("fail")));
        assert_eq!(action("restart"), "restart");
        assert_eq!(action("heat=on fan=2"), json!({ "heat": "on", "fan": "2" }));
    }

    #[test]
    fn half_a_pair_is_none() {
        assert_eq!(pair("check=38=9"), Ok(("check".into(), "38=9".into())));
        assert!(pair("check=").is_err() && pair("=38").is_err() && pair("check").is_err());
    }
}
