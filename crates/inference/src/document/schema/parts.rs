//! What schemas of this format are made of.

use serde_json::{Map, Value, json};

use crate::document::fields::Part;
use crate::document::names::NAME_PATTERN;

/// A definition under `$defs`, by its name.
pub(super) type Definition = (&'static str, Value);

pub(super) fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{definition}") })
}

pub(super) fn any_of(choices: impl IntoIterator<Item = Value>) -> Value {
    json!({ "anyOf": choices.into_iter().collect::<Vec<_>>() })
}

/// A list with at least one item.
pub(super) fn list_of(items: Value) -> Value {
    json!({ "type": "array", "items": items, "minItems": 1 })
}

/// A map whose keys name factors, controls or modalities.
pub(super) fn by_name(values: Value) -> Value {
    json!({ "type": "object", "propertyNames": { "pattern": NAME_PATTERN }, "additionalProperties": values })
}

/// A map whose keys are labels.
pub(super) fn by_label(values: Value) -> Value {
    json!({ "type": "object", "propertyNames": reference("label"), "additionalProperties": values })
}

/// A map whose keys are labels or `else`.
pub(super) fn by_case(values: Value) -> Value {
    let keys = any_of([reference("label"), json!({ "const": "else" })]);
    json!({ "type": "object", "propertyNames": keys, "additionalProperties": values })
}

/// A map with fixed keys, each with the schema of its value.
pub(super) fn object(part: &Part, values: Vec<(&str, Value)>) -> Value {
    let mut properties = Map::new();
    for (key, mut value) in values {
        let about = part.fields.iter().find(|field| field.key == key).map(|field| field.about);
        if let (Value::Object(value), Some(about)) = (&mut value, about) {
            value.insert("description".to_owned(), about.into());
        }
        properties.insert(key.to_owned(), value);
    }
    debug_assert!(part.fields.iter().all(|field| properties.contains_key(field.key)), "a key without a schema");
    let required: Vec<&str> = part.fields.iter().filter(|field| field.required).map(|field| field.key).collect();
    let mut object = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let (Value::Object(object), false) = (&mut object, required.is_empty()) {
        object.insert("required".to_owned(), required.into());
    }
    object
}

/// The same object, with just one of these keys.
pub(super) fn with_one_of(mut object: Value, keys: &[&str]) -> Value {
    if let Value::Object(object) = &mut object {
        object.insert("oneOf".to_owned(), keys.iter().map(|key| json!({ "required": [key] })).collect());
    }
    object
}
