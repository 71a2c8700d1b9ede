//! Schemas of names, numbers and declarations.

use serde_json::{Value, json};

use super::parts::{Definition, any_of, by_label, by_name, object, reference, with_one_of};
use crate::document::fields::{CONTROL, FACTOR, MODALITY};
use crate::document::names::{LABEL_PATTERN, NAME_PATTERN, RESERVED_LABELS, RESERVED_NAMES};

/// A decimal number, twice, with a slash between.
const FRACTION: &str =
    r"^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?\s*/\s*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?$";

pub(super) fn definitions() -> Vec<Definition> {
    let name = json!({ "type": "string", "pattern": NAME_PATTERN, "not": { "enum": RESERVED_NAMES } });
    let label = json!({ "type": "string", "pattern": LABEL_PATTERN, "not": { "enum": RESERVED_LABELS } });
    let labels = json!({ "type": "array", "items": reference("label"), "minItems": 1, "uniqueItems": true });
    let fraction = json!({ "type": "string", "pattern": FRACTION, "description": "A fraction, such as 1/3." });
    let open = json!({ "enum": [null, ".inf", "+.inf", "-.inf"] });
    let bound = any_of([json!({ "type": "number" }), reference("fraction"), open]);
    let modality = with_one_of(
        object(
            &MODALITY,
            vec![("values", reference("labels")), ("bins", reference("bins")), ("unit", json!({ "type": "string" }))],
        ),
        &["values", "bins"],
    );
    vec![
        ("name", name),
        ("label", label),
        ("labels", labels),
        ("fraction", fraction),
        ("number", any_of([json!({ "type": "number" }), reference("fraction")])),
        ("weight", any_of([json!({ "type": "number", "minimum": 0 }), reference("fraction")])),
        ("bound", bound),
        (
            "bins",
            non_empty(by_label(json!({ "type": "array", "items": reference("bound"), "minItems": 2, "maxItems": 2 }))),
        ),
        ("factors", declared(non_empty(by_name(with_list(object(&FACTOR, vec![("states", reference("labels"))])))))),
        ("controls", declared(by_name(with_list(object(&CONTROL, vec![("values", reference("labels"))]))))),
        ("modalities", declared(non_empty(by_name(with_list(modality))))),
    ]
}

/// A list of labels will do.
fn with_list(object: Value) -> Value {
    any_of([reference("labels"), object])
}

fn non_empty(mut object: Value) -> Value {
    object["minProperties"] = json!(1);
    object
}

/// Where names are declared, they cannot be words of the format.
fn declared(mut object: Value) -> Value {
    object["propertyNames"] = reference("name");
    object
}
