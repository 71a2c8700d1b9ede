//! Problem details (RFC 9457) as the document describes them.

use std::collections::BTreeMap;

use axiomcore::http::{Catalogue, ErrorCode};
use serde_json::{Map, Value, json};

/// The schema of every problem.
pub(super) fn schema() -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    json!({
        "type": "object",
        "description": "Why a request failed. There may be further members, according to the code.",
        "required": ["type", "title", "status", "code", "request_id"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "Where the code is explained." },
            "title": text("What went wrong, for every case of this code."),
            "status": { "type": "integer", "minimum": 400, "maximum": 599, "description": "The status of the answer." },
            "code": text("The name of what went wrong; it never changes."),
            "request_id": text("The id under which the request is in the log; also in the header `X-Request-Id`."),
            "trace_id": text("The trace that the request belongs to, if its caller named one or traces are on."),
            "detail": text("What went wrong this time."),
            "pointer": text("The field of the body that it is about, as a JSON Pointer (RFC 6901)."),
            "mend": text("What to do about it."),
        },
    })
}

/// Responses that several operations share, by their names among the components.
#[derive(Default)]
pub(super) struct Responses(BTreeMap<String, Value>);

impl Responses {
    /// A reference to the response of these codes, which have one status.
    pub(super) fn refer(&mut self, codes: &[&'static ErrorCode]) -> Value {
        let name = codes.iter().map(|code| in_camel_case(code.code)).collect::<Vec<_>>().join("Or");
        let reference = json!({ "$ref": format!("#/components/responses/{name}") });
        self.0.entry(name).or_insert_with(|| response(codes));
        reference
    }

    /// All of them.
    pub(super) fn components(self) -> Map<String, Value> {
        self.0.into_iter().collect()
    }
}

fn response(codes: &[&'static ErrorCode]) -> Value {
    let described = codes.iter().map(|code| format!("- [`{0}`](/errors/{0}): {1}.", code.code, code.title));
    let names: Vec<&str> = codes.iter().map(|code| code.code).collect();
    let code = json!({ "type": "object", "properties": { "code": { "enum": names } } });
    let schema = json!({ "allOf": [{ "$ref": "#/components/schemas/Problem" }, code] });
    let mut response = json!({
        "description": described.collect::<Vec<_>>().join("\n"),
        "content": { "application/problem+json": { "schema": schema } },
    });
    let header = match codes.first().map_or(0, |code| code.status.as_u16()) {
        401 => ("WWW-Authenticate", json!({ "schema": { "type": "string", "const": "Bearer" } })),
        429 | 503 => (
            "Retry-After",
            json!({ "description": "Seconds to wait.", "schema": { "type": "string", "pattern": "^[0-9]+$" } }),
        ),
        _ => return response,
    };
    if let Value::Object(members) = &mut response {
        members.insert("headers".into(), json!({ header.0: header.1 }));
    }
    response
}

fn in_camel_case(code: &str) -> String {
    code.split('_')
        .flat_map(|word| {
            word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect::<Vec<_>>()
        })
        .collect()
}

/// The codes of these names, as far as the catalogue has them.
pub(super) fn find<'c>(catalogue: &Catalogue, names: &'c Value) -> Vec<&'static ErrorCode> {
    let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
    names.filter_map(|name: &'c str| catalogue.find(name)).collect()
}
