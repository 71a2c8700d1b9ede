//! Version 1 of the API only grows. What clients may rely on stands in `schema/api-v1.json`, and whatever the server's
//! document says has to keep it: what could be asked can still be asked, what was answered is still answered. An answer may
//! have more members and more values than before.
//!
//! The file is written anew when the API has grown, never when something is missing: who breaks a promise has to take it
//! out by hand.

mod shape;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use super::documentation;
use shape::{Shapes, Way};

const PROMISED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/api-v1.json");

#[test]
fn the_promises_generated_from_the_document_are_kept() {
    let now = bare(documentation::document());
    let promised = fs::read_to_string(PROMISED).unwrap_or_else(|_| "{}".to_owned());
    let broken = broken(&serde_json::from_str(&promised).unwrap(), &now);
    assert!(broken.is_empty(), "clients of version 1 would break:\n{}", broken.join("\n"));
    let grown = format!("{now:#}\n");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(Path::new(PROMISED), &grown).unwrap();
    }
    let recorded = promised == grown || std::env::var_os("UPDATE_DOCS").is_some();
    assert!(recorded, "the API has grown and schema/api-v1.json does not say so; run with UPDATE_DOCS=1");
}

/// What a change would do to clients: where, what is put there (nothing: it is taken away), and what is said of it.
const BREAKS: [(&str, Option<&str>, &str); 14] = [
    ("/paths/~1api~1v1~1agents", None, "/api/v1/agents: is gone"),
    ("/paths/~1api~1v1~1agents~1{id}/delete", None, "delete /api/v1/agents/{id}: is gone"),
    ("/paths/~1api~1v1~1agents~1{id}~1steps/post/parameters/1", None, "header Idempotency-Key: is gone"),
    ("/paths/~1api~1v1~1agents~1{id}~1steps/post/parameters/1/required", Some("true"), "is needed now"),
    ("/paths/~1api~1v1~1agents~1{id}~1steps/post/parameters/0/schema/maxLength", Some("64"), "maxLength"),
    ("/paths/~1api~1v1~1agents~1{id}~1steps/post/responses/200", None, "answer 200: is gone"),
    ("/paths/~1api~1v1~1agents~1{id}~1steps/post/responses/200/headers/ETag", None, "ETag: is gone"),
    ("/components/schemas/NewStep/properties/elapsed", None, "elapsed: is gone"),
    ("/components/schemas/NewStep/properties/elapsed/type", Some("\"integer\""), "null"),
    ("/components/schemas/NewStep/required", Some("[\"observation\",\"elapsed\"]"), "elapsed: is needed now"),
    ("/components/schemas/Explain/enum", Some("[\"full\"]"), "is no longer taken"),
    ("/components/schemas/Step/required", Some("[]"), "may be missing now"),
    ("/components/schemas/Step/properties/action", None, "action: is gone"),
    ("/components/responses/AgentDeleted", Some("{}"), "the code agent_deleted: is gone"),
];

/// What clients do not mind.
const GROWTH: [(&str, &str); 5] = [
    ("/paths/~1api~1v1~1new", "{\"get\":{\"responses\":{}}}"),
    ("/components/schemas/NewStep/properties/new", "{\"type\":\"string\"}"),
    ("/components/schemas/Step/properties/new", "{\"type\":\"string\"}"),
    ("/components/schemas/NewStep/properties/elapsed/maximum", "20000"),
    ("/components/schemas/Step/description", "\"Said otherwise.\""),
];

#[test]
fn each_way_to_break_a_client_is_found_and_growth_is_not_taken_for_one() {
    let then = bare(documentation::document());
    for (place, put, said) in BREAKS {
        let found = broken(&then, &changed(then.clone(), place, put));
        assert!(found.iter().any(|line| line.contains(said)), "{place} -> {put:?}: {found:?}");
    }
    for (place, put) in GROWTH {
        assert_eq!(broken(&then, &changed(then.clone(), place, Some(put))), Vec::<String>::new(), "{place}");
    }
}

/// The document with something else at a place, which is there or whose parent is.
fn changed(mut document: Value, place: &str, put: Option<&str>) -> Value {
    let (parent, name) = place.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/");
    match (document.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} is not there")), put) {
        (Value::Object(members), Some(put)) => drop(members.insert(name, serde_json::from_str(put).unwrap())),
        (Value::Object(members), None) => drop(members.remove(&name).unwrap_or_else(|| panic!("{place} is not there"))),
        (Value::Array(items), None) => drop(items.remove(name.parse().unwrap())),
        (other, _) => panic!("{parent} is {other}"),
    }
    document
}

/// A document without what is written for people. A member that is called `description` has a schema, not a text.
fn bare(document: Value) -> Value {
    const TEXTS: [&str; 5] = ["description", "summary", "title", "example", "x-permission"];
    match document {
        Value::Object(members) => members
            .into_iter()
            .filter(|(name, value)| !(TEXTS.contains(&name.as_str()) && value.is_string()))
            .filter(|(name, value)| !(["tags", "examples"].contains(&name.as_str()) && value.is_array()))
            .map(|(name, value)| (name, bare(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(bare).collect(),
        other => other,
    }
}

/// What of an earlier document a later one does not keep, a line each.
fn broken(then: &Value, now: &Value) -> Vec<String> {
    let mut shapes = Shapes::new(then, now);
    for (path, methods) in members(then, "/paths") {
        let Some(others) = now["paths"].get(path) else {
            shapes.breaks(path, "is gone");
            continue;
        };
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let at = format!("{method} {path}");
            match others.get(method) {
                Some(other) => operation_kept(&mut shapes, operation, other, &at),
                None => shapes.breaks(&at, "is gone"),
            }
        }
    }
    for code in codes(then).difference(&codes(now)) {
        shapes.breaks(&format!("the code {code}"), "is gone");
    }
    shapes.found()
}

fn operation_kept(shapes: &mut Shapes<'_>, then: &Value, now: &Value, at: &str) {
    if then["operationId"] != now["operationId"] {
        shapes.breaks(at, "is called otherwise, and so are functions of generated clients");
    }
    parameters_kept(shapes, then, now, at);
    let (asked, asks) = (&then["requestBody"], &now["requestBody"]);
    if asks["required"] == true && asked["required"] != true {
        shapes.breaks(&format!("{at}, body"), "is needed now");
    }
    contents_kept(shapes, asked, asks, Way::Asked, &format!("{at}, body"));
    for (status, answer) in members(then, "/responses").filter(|(status, _)| status.starts_with('2')) {
        let at = format!("{at}, answer {status}");
        let Some(other) = now["responses"].get(status) else {
            shapes.breaks(&at, "is gone");
            continue;
        };
        for (header, _) in members(answer, "/headers").filter(|(header, _)| other["headers"].get(*header).is_none()) {
            shapes.breaks(&format!("{at}, {header}"), "is gone");
        }
        contents_kept(shapes, answer, other, Way::Answered, &at);
    }
}

fn parameters_kept(shapes: &mut Shapes<'_>, then: &Value, now: &Value, at: &str) {
    let none = Vec::new();
    let of = |operation: &Value| operation["parameters"].as_array().cloned().unwrap_or_else(|| none.clone());
    let is = |one: &Value, other: &Value| one["name"] == other["name"] && one["in"] == other["in"];
    let named = |one: &Value| {
        format!("{at}, {} {}", one["in"].as_str().unwrap_or_default(), one["name"].as_str().unwrap_or_default())
    };
    let (before, after) = (of(then), of(now));
    for one in &before {
        match after.iter().find(|other| is(one, other)) {
            Some(other) => shapes.kept(&one["schema"], &other["schema"], Way::Asked, &named(one)),
            None => shapes.breaks(&named(one), "is gone"),
        }
    }
    for other in after.iter().filter(|other| other["required"] == true) {
        if !before.iter().any(|one| is(one, other) && one["required"] == true) {
            shapes.breaks(&named(other), "is needed now");
        }
    }
}

/// What a body may be, or is, by its media type.
fn contents_kept(shapes: &mut Shapes<'_>, then: &Value, now: &Value, way: Way, at: &str) {
    for (kind, content) in members(then, "/content") {
        match now["content"].get(kind) {
            Some(other) => shapes.kept(&content["schema"], &other["schema"], way, at),
            None => shapes.breaks(&format!("{at}, {kind}"), "is gone"),
        }
    }
}

/// The codes that problems can have.
fn codes(document: &Value) -> BTreeSet<&str> {
    members(document, "/components/responses")
        .filter_map(|(_, response)| {
            response.pointer("/content/application~1problem+json/schema/allOf/1/properties/code/enum")?.as_array()
        })
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn members<'a>(value: &'a Value, place: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
    value.pointer(place).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}
