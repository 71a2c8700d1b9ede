//! The JSON Schema of the format, for editors and other programs. What a schema cannot say (that names are declared,
//! that columns sum to 1) only reading a document finds out.

mod agent;
mod declarations;
mod parts;
mod tables;

use serde_json::{Map, Value, json};

use super::fields::DOCUMENT;
use super::reader::VERSION;
use parts::{object, reference};

/// The schema, in JSON Schema 2020-12. YAML's infinities are the texts `.inf` and `-.inf` in it, as in JSON documents.
pub fn schema() -> Value {
    let mut schema = object(
        &DOCUMENT,
        vec![
            ("freeagentics", json!({ "const": VERSION })),
            ("name", json!({ "type": "string" })),
            ("description", json!({ "type": "string" })),
            ("factors", reference("factors")),
            ("controls", reference("controls")),
            ("modalities", reference("modalities")),
            ("likelihood", parts::by_name(reference("likelihood"))),
            ("transition", parts::by_name(reference("transition"))),
            ("preference", reference("preference")),
            ("prior", parts::by_name(reference("distribution"))),
            ("learning", reference("learning")),
            ("agent", reference("agent")),
            ("tests", json!({ "type": "array", "items": reference("test") })),
        ],
    );
    let definitions: Map<String, Value> = declarations::definitions()
        .into_iter()
        .chain(tables::definitions())
        .chain(agent::definitions())
        .map(|(name, definition)| (name.to_owned(), definition))
        .collect();
    if let Value::Object(schema) = &mut schema {
        schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        schema.insert("$id".to_owned(), format!("urn:freeagentics:model:{VERSION}").into());
        schema.insert("title".to_owned(), "FreeAgentics model".into());
        schema.insert("$defs".to_owned(), definitions.into());
    }
    schema
}
