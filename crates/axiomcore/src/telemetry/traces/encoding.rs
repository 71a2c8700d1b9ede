//! Spans in the JSON of OTLP 1.x (`ExportTraceServiceRequest`).

use serde_json::{Value as Json, json};

use super::span::Span;
use crate::hex;

/// What is said about a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
}

/// `SPAN_KIND_INTERNAL`, `SPAN_KIND_SERVER` and `STATUS_CODE_ERROR`.
const INTERNAL: u8 = 1;
const SERVER: u8 = 2;
const ERROR: u8 = 2;

/// Who sends the spans.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The service's name.
    pub service: String,
    /// Its version.
    pub version: &'static str,
}

/// A body to be posted.
pub(super) fn body(sender: &Sender, instance: &str, spans: &[Span]) -> Json {
    let resource = [
        ("service.name", sender.service.clone()),
        ("service.version", sender.version.to_owned()),
        ("service.instance.id", instance.to_owned()),
    ];
    let resource: Vec<Json> = resource.into_iter().map(|(key, text)| attribute(key, &Value::Text(text))).collect();
    let spans: Vec<Json> = spans.iter().map(span).collect();
    let scope = json!({ "name": sender.service, "version": sender.version });
    json!({ "resourceSpans": [{
        "resource": { "attributes": resource },
        "scopeSpans": [{ "scope": scope, "spans": spans }],
    }] })
}

fn span(span: &Span) -> Json {
    let attributes: Vec<Json> = span.attributes.iter().map(|(key, value)| attribute(key, value)).collect();
    let mut object = json!({
        "traceId": span.trace.to_string(),
        "spanId": hex::encode(&span.id),
        "name": span.name,
        "kind": if span.is_request { SERVER } else { INTERNAL },
        // Whole numbers of 64 bits are texts in this format.
        "startTimeUnixNano": span.began.to_string(),
        "endTimeUnixNano": span.ended.to_string(),
        "attributes": attributes,
        "status": if span.failed { json!({ "code": ERROR }) } else { json!({}) },
    });
    if let (Some(parent), Some(object)) = (&span.parent, object.as_object_mut()) {
        object.insert("parentSpanId".into(), hex::encode(parent).into());
    }
    object
}

fn attribute(key: &str, value: &Value) -> Json {
    let value = match value {
        Value::Text(text) => json!({ "stringValue": text }),
        Value::Number(number) => json!({ "intValue": number.to_string() }),
    };
    json!({ "key": key, "value": value })
}
