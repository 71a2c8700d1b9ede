//! Schemas that are not derived from a type of ours.

use freeagentics_inference::document::{Format, Limits, to_json};
use serde_json::{Map, Value, json};

use super::problem;
use crate::models::{NAME_PATTERN, Shipped};

/// By their names among the components.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas = Map::from_iter([("Problem".to_owned(), problem::schema())]);
    schemas.extend(model_document());
    schemas
}

/// The schema of model documents, as `freeagentics schema` prints it; its definitions become components.
fn model_document() -> Map<String, Value> {
    let mut schema = freeagentics_inference::document::schema();
    let mut schemas = Map::new();
    if let Value::Object(members) = &mut schema {
        for word in ["$schema", "$id"] {
            members.remove(word);
        }
        // On a server the name is a segment of an address.
        if let Some(Value::Object(name)) = members.get_mut("properties").and_then(|all| all.get_mut("name")) {
            name.insert("pattern".into(), NAME_PATTERN.into());
        }
        members.insert("examples".into(), json!(example().into_iter().collect::<Vec<_>>()));
        if let Some(Value::Object(definitions)) = members.remove("$defs") {
            let named = |(name, definition): (String, Value)| (component(&name), moved(definition));
            schemas.extend(definitions.into_iter().map(named));
        }
    }
    schemas.insert("ModelDocument".into(), moved(schema));
    schemas
}

/// A document that is sound, as JSON.
fn example() -> Option<Value> {
    let tiger = Shipped::find("tiger").ok()?;
    to_json(tiger.document, Format::Yaml, &Limits::default()).ok()
}

fn component(definition: &str) -> String {
    format!("ModelDocument.{definition}")
}

/// The schema with its references to definitions leading to components.
fn moved(schema: Value) -> Value {
    match schema {
        Value::Object(members) => Value::Object(members.into_iter().map(|(key, value)| referred(key, value)).collect()),
        Value::Array(items) => items.into_iter().map(moved).collect(),
        other => other,
    }
}

fn referred(key: String, value: Value) -> (String, Value) {
    let definition = value.as_str().filter(|_| key == "$ref").and_then(|target| target.strip_prefix("#/$defs/"));
    match definition {
        Some(definition) => (key, json!(format!("#/components/schemas/{}", component(definition)))),
        None => (key, moved(value)),
    }
}
