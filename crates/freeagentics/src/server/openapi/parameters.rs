//! Schemas of parameters, which differ from those of members: a parameter is left out, but never null.

use serde_json::{Map, Value};

/// Takes out of an operation's parameters what only a member of a body can be.
pub(super) fn tidy(operation: &mut Value) {
    let listed = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in listed.into_iter().flatten() {
        if let Some(Value::Object(schema)) = parameter.get_mut("schema") {
            without_null(schema);
            joined(schema);
        }
    }
}

fn without_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(forms)) = schema.get_mut("oneOf") {
        forms.retain(|form| form.get("type").is_none_or(|name| name != "null"));
    }
}

/// A schema with a default is derived as all of the schema and of an object with that default, which nothing can be.
fn joined(schema: &mut Map<String, Value>) {
    let Some(Value::Array(all)) = schema.get("allOf") else { return };
    let [Value::Object(own), Value::Object(more)] = all.as_slice() else { return };
    if let Some(default) = more.get("default") {
        let (own, default) = (own.clone(), default.clone());
        schema.remove("allOf");
        schema.extend(own);
        schema.insert("default".into(), default);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_parameter_is_never_null_and_its_default_is_of_its_own_kind() {
        let text = json!({ "type": "string", "enum": ["a", "b"] });
        for (derived, tidy) in [
            (json!({ "type": ["string", "null"], "pattern": "^a$" }), json!({ "type": "string", "pattern": "^a$" })),
            (json!({ "oneOf": [{ "type": "null" }, text] }), json!({ "oneOf": [text] })),
            (
                json!({ "allOf": [text, { "type": "object", "default": "a" }] }),
                json!({ "type": "string", "enum": ["a", "b"], "default": "a" }),
            ),
        ] {
            let mut operation = json!({ "parameters": [{ "name": "x", "schema": derived }] });
            super::tidy(&mut operation);
            assert_eq!(operation["parameters"][0]["schema"], tidy);
        }
    }
}
