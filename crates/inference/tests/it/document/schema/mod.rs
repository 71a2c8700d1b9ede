//! The JSON Schema of the format: committed as it is made, and right about what it says.

mod checker;

use std::path::{Path, PathBuf};

use freeagentics_inference::document::{Format, Limits, schema, to_json};
use serde_json::{Value, json};

use checker::Checker;

use super::{FIXTURES, fixture};

/// Set to write the file instead of comparing it.
const UPDATE: &str = "UPDATE_DOCS";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_committed_schema_is_the_one_that_the_code_makes() {
    let made = format!("{:#}\n", schema());
    let path = root().join("schema/model.schema.json");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "schema/model.schema.json is stale; run with {UPDATE}=1 and commit what it writes");
}

fn accepts(document: &Value) -> bool {
    Checker::new(&schema()).accepts(document)
}

#[test]
fn every_fixture_and_every_model_that_ships_satisfies_it() {
    let shipped = std::fs::read_dir(root().join("models")).unwrap().map(|entry| entry.unwrap().path());
    let shipped = shipped.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let shipped = shipped.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
    let fixtures = FIXTURES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    for (name, text) in shipped.chain(fixtures) {
        let document = to_json(&text, Format::Auto, &Limits::default()).unwrap();
        assert!(accepts(&document), "{name}");
    }
}

#[test]
fn what_is_wrong_in_form_does_not_satisfy_it() {
    let valid = to_json(fixture("pump"), Format::Yaml, &Limits::default()).unwrap();
    let set = |pointer: &str, value: Value| {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let mut document = valid.clone();
        document.pointer_mut(parent).unwrap()[key] = value;
        document
    };
    for (pointer, wrong) in [
        ("/freeagentics", json!(2)),
        ("/title", json!("pump")),
        ("/name", json!(7)),
        ("/factors", json!({})),
        ("/factors/joint", json!(["a", "b"])),
        ("/factors/two words", json!(["a", "b"])),
        ("/factors/pump", json!({ "states": [] })),
        ("/factors/pump", json!({ "states": ["ok", "ok"] })),
        ("/factors/pump", json!({ "values": ["ok", "worn"] })),
        ("/controls/command", json!(["run", "else"])),
        ("/modalities/vibration", json!({ "values": ["a"], "bins": { "a": [0, 1] } })),
        ("/modalities/vibration", json!({ "bins": { "a": [0] } })),
        ("/likelihood/sound", json!({ "table": [[1], [0]] })),
        ("/likelihood/sound", json!({ "given": ["pump"], "table": [[-1]] })),
        ("/likelihood/sound", json!({ "given": ["pump"], "table": "diagonal" })),
        ("/likelihood/sound", json!({ "given": ["pump"], "table": "uniform", "columns": "quiet" })),
        ("/likelihood/sound", json!({ "given": ["pump"], "table": "uniform", "noise": 2 })),
        ("/transition/pump", json!({ "given": ["pump"] })),
        ("/transition/pump", json!({ "table": ["one/third"] })),
        ("/preference/sound", json!({ "rattle": "much" })),
        ("/preference/joint", json!([{ "over": ["pump"], "at": "once", "values": [0, 1, 2] }])),
        ("/prior/pump", json!([0.5, null])),
        ("/agent/gamma", json!(-1)),
        ("/agent/discount", json!(0)),
        ("/agent/policy_length", json!(1.5)),
        ("/agent/policies", json!([["run"]])),
        ("/agent/mode", json!("half")),
        ("/tests/0/given", json!([])),
        ("/tests/0/then", json!({})),
        ("/tests/0/then", json!({ "beliefs": { "pump": { "ok": { "at_least": 1.5 } } } })),
        ("/tests/0/then", json!({ "beliefs": { "pump": { "ok": {} } } })),
    ] {
        assert!(!accepts(&set(pointer, wrong.clone())), "{pointer}: {wrong}");
    }
    for (pointer, right) in [
        ("/description", json!("about")),
        ("/factors/pump", json!(["ok", "worn", "broken"])),
        ("/likelihood/sound", json!("uniform")),
        ("/prior/pump", json!(["1/3", "1 / 3", "1/3"])),
        ("/preference/joint", json!([{ "over": ["pump"], "values": { "ok": 1, "else": 0 } }])),
        ("/tests/0/then", json!({ "not": { "command": ["run", "repair"] } })),
    ] {
        assert!(accepts(&set(pointer, right.clone())), "{pointer}: {right}");
    }
}

#[test]
fn it_describes_every_key_that_it_allows() {
    let mut bare = Vec::new();
    collect_bare(&schema(), "", &mut bare);
    assert_eq!(
        bare,
        [
            "/$defs/preference/properties/joint",
            "/$defs/preference/properties/by_step",
            "/$defs/observation/properties/executed",
            "/$defs/observation/properties/elapsed"
        ]
    );
}

/// Properties without a description: their keys are not in the tables that the reader goes by.
fn collect_bare(schema: &Value, pointer: &str, bare: &mut Vec<String>) {
    let Value::Object(map) = schema else {
        if let Value::Array(items) = schema {
            items.iter().enumerate().for_each(|(i, item)| collect_bare(item, &format!("{pointer}/{i}"), bare));
        }
        return;
    };
    for (key, value) in map {
        if pointer.ends_with("/properties") && value.get("description").is_none() {
            bare.push(format!("{pointer}/{key}"));
        }
        collect_bare(value, &format!("{pointer}/{key}"), bare);
    }
}
