//! `/api/v1/models`: stored once, found again, told what is wrong.

use serde_json::{Value, json};

use super::{Client, Installation, on_both_databases};
use crate::lamp::{LAMP, broken_lamp};

on_both_databases!(
    the_same_model_is_the_same_version_and_a_changed_one_is_the_next,
    models_are_listed_a_page_at_a_time_by_name,
    two_versions_are_compared_at_their_places,
    a_document_is_read_again_as_it_was_read_when_it_was_given,
);

/// The same under other names.
fn store_named(client: &Client, name: &str) -> Value {
    client.post_yaml("/api/v1/models", &LAMP.replace("name: lamp", &format!("name: {name}"))).expect(201)
}

fn the_same_model_is_the_same_version_and_a_changed_one_is_the_next(installation: Installation) {
    let server = installation.start();
    let client = server.client();
    let answer = client.post_yaml("/api/v1/models", LAMP);
    let first = answer.expect(201);
    assert_eq!(answer.header("location"), Some("/api/v1/models/lamp/versions/1"));
    assert_eq!((first["name"].as_str(), first["version"].as_i64()), (Some("lamp"), Some(1)));
    assert_eq!(first["factors"], json!([{ "name": "lamp", "states": ["good", "dying"] }]));
    assert_eq!(first["modalities"], json!([{ "name": "light", "values": ["steady", "flicker"] }]));
    assert_eq!((first["tests"].as_u64(), first["created_by"].as_str()), (Some(1), Some("bootstrap")));
    assert!(first["cost"]["operations"].as_u64().unwrap() > 0);
    let same = client.post_yaml("/api/v1/models", &LAMP.replace("# ", "#  ")).expect(200);
    assert_eq!(same, first, "the same digest is the same version");
    let second = client.post_yaml("/api/v1/models", &LAMP.replace("-1.5", "-2")).expect(201);
    assert_eq!(second["version"], 2);
    assert_ne!(second["digest"], first["digest"]);
    assert_eq!(client.get("/api/v1/models/lamp").expect(200)["versions"], json!([1, 2]));
    let stored = client.get("/api/v1/models/lamp/versions/1").expect(200);
    assert_eq!((stored["document"].as_str(), stored["format"].as_str()), (Some(LAMP), Some("yaml")));
    assert_eq!(stored["digest"], first["digest"]);
    for missing in ["/api/v1/models/lmap", "/api/v1/models/lamp/versions/3", "/api/v1/models/lmap/versions"] {
        client.get(missing).problem(404, "model_not_found");
    }
    client.get("/api/v1/models/lamp/versions/0").problem(400, "invalid_parameter");
}

/// YAML that begins like JSON, and JSON that is YAML as well.
fn a_document_is_read_again_as_it_was_read_when_it_was_given(installation: Installation) {
    let yaml = |name: &str, key: &str| {
        format!(
            "{{{key}: 1, name: {name}, factors: {{lamp: [lit, dark]}}, controls: {{act: [wait, flip]}}, \
             modalities: {{light: [bright, black]}}, likelihood: {{light: {{given: [lamp], table: [[0.8, 0.3], [0.2, 0.7]]}}}}, \
             transition: {{lamp: {{by: [act], given: [lamp], table: uniform}}}}, preference: {{light: {{bright: 1}}}}}}"
        )
    };
    let json = r#"{"freeagentics": 1, "name": "c", "factors": {"lamp": ["lit", "dark"]}, "modalities": {"light": ["bright", "black"]},
        "likelihood": {"light": {"given": ["lamp"], "table": [[0.8, 0.3], [0.2, 0.7]]}}, "transition": {"lamp": {"table": "uniform"}}}"#;
    let server = installation.start();
    let client = server.client();
    client.post_yaml("/api/v1/models", &yaml("a", "\"freeagentics\"")).expect(201);
    client.post_yaml("/api/v1/models", &yaml("b", "freeagentics")).expect(201);
    client.send("POST", "/api/v1/models", &[("content-type", "application/json")], json).expect(201);
    client.post_yaml("/api/v1/models", &yaml("a", "\"freeagentics\"").replace("bright: 1", "bright: 2")).expect(201);
    drop(server);
    let server = installation.start();
    let client = server.client();
    for model in ["a", "b", "c"] {
        assert_eq!(client.get(&format!("/api/v1/models/{model}")).expect(200)["name"], model);
        client.post("/api/v1/agents", &json!({ "id": model, "model": model, "labels": { "is": model } })).expect(201);
        let seen = json!({ "observation": { "light": "bright" } });
        client.post(&format!("/api/v1/agents/{model}/steps"), &seen).expect(200);
        assert_eq!(client.get(&format!("/api/v1/fleets/export?label=is={model}")).text.lines().count(), 2);
        client.send("DELETE", &format!("/api/v1/agents/{model}"), &[], "").expect(204);
    }
    let changed = client.get("/api/v1/models/a/diff?from=1&to=2").expect(200);
    assert_eq!(changed["changes"], json!([{ "path": "/preference/light/bright", "from": 1, "to": 2 }]));
}

#[test]
fn models_take_no_more_memory_than_they_may_and_one_that_alone_would_is_refused() {
    let wide = |name: &str, states: usize| {
        let states: Vec<String> = (0..states).map(|state| format!("s{state}")).collect();
        format!(
            "freeagentics: 1\nname: {name}\nfactors: {{ f: [{}] }}\ncontrols: {{ act: [a, b] }}\n\
             modalities: {{ o: [x, y] }}\nlikelihood: {{ o: {{ given: [f], table: uniform }} }}\n\
             transition: {{ f: {{ by: [act], given: [f], table: uniform }} }}\n",
            states.join(", ")
        )
    };
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "runtime.model_memory=3MiB"]);
    let client = server.client();
    let shown = |name: &str| -> f64 {
        let page = server.metrics().get("/metrics").text;
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
        line.unwrap().parse().unwrap()
    };
    for _ in 0..2 {
        for n in 0..6 {
            let name = format!("wide{n}");
            client.post_yaml("/api/v1/models", &wide(&name, 200));
            client.post("/api/v1/agents", &json!({ "id": name, "model": name }));
            let seen = json!({ "observation": { "o": "x" } });
            client.post(&format!("/api/v1/agents/{name}/steps"), &seen).expect(200);
            assert!(shown("freeagentics_compiled_bytes") <= shown("freeagentics_compiled_bytes_max"));
        }
    }
    assert!((1.0..3.0).contains(&shown("freeagentics_compiled_models")));
    assert_eq!(shown("freeagentics_compiled_bytes_max"), f64::from(3 << 20));
    let refused = client.post_yaml("/api/v1/models", &wide("wider", 400)).problem(422, "model_invalid");
    assert_eq!(refused["problems"][0]["code"], "step_too_costly", "{refused}");
}

fn models_are_listed_a_page_at_a_time_by_name(installation: Installation) {
    let server = installation.start();
    let client = server.client();
    assert_eq!(client.get("/api/v1/models").expect(200), json!({ "items": [], "next": null }));
    for name in ["c", "a", "b", "d"] {
        store_named(&client, name);
    }
    client.post_yaml("/api/v1/models", &LAMP.replace("name: lamp", "name: a").replace("-1.5", "-2")).expect(201);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/api/v1/models?limit=2{after}")).expect(200);
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| format!("{}@{}", item["name"].as_str().unwrap(), item["version"])));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["a@2", "b@1", "c@1", "d@1"]);
    let versions = client.get("/api/v1/models/a/versions?limit=1").expect(200);
    assert_eq!((&versions["items"][0]["version"], &versions["next"]), (&json!(1), &json!("1")));
    let rest = client.get("/api/v1/models/a/versions?limit=1&after=1").expect(200);
    assert_eq!((&rest["items"][0]["version"], &rest["next"]), (&json!(2), &Value::Null));
}

fn two_versions_are_compared_at_their_places(installation: Installation) {
    let server = installation.start();
    let client = server.client();
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    client.post_yaml("/api/v1/models", &LAMP.replace("gamma: 4", "gamma: 8")).expect(201);
    client.post_yaml("/api/v1/models", &LAMP.replace("-1.5", "-2")).expect(201);
    let options = client.get("/api/v1/models/lamp/diff?from=1&to=2").expect(200);
    let change = json!([{ "path": "/agent/gamma", "from": 4, "to": 8 }]);
    assert_eq!((&options["same_model"], &options["same_options"]), (&json!(true), &json!(false)));
    assert_eq!(options["changes"], change);
    let model = client.get("/api/v1/models/lamp/diff?from=1&to=3").expect(200);
    assert_eq!((&model["same_model"], &model["same_options"]), (&json!(false), &json!(true)));
    assert_eq!(model["changes"][0]["path"], "/preference/action/change");
    client.get("/api/v1/models/lamp/diff?from=1&to=4").problem(404, "model_not_found");
    client.get("/api/v1/models/lamp/diff?from=1").problem(400, "invalid_parameter");
}

#[test]
fn a_wrong_model_gets_all_its_problems_at_once_each_with_a_place_and_a_mend() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    let problem = client.post_yaml("/api/v1/models", &broken_lamp()).problem(422, "model_invalid");
    let problems = problem["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 3, "{problem}");
    for one in problems {
        assert!(one["line"].as_u64().is_some() && one["pointer"].as_str().unwrap().starts_with('/'), "{one}");
        assert!(!one["mend"].as_str().unwrap().is_empty() && one["message"].is_string(), "{one}");
    }
    let validated = client.post_yaml("/api/v1/models/validate", &broken_lamp()).expect(200);
    assert_eq!((&validated["valid"], &validated["problems"]), (&json!(false), &problem["problems"]));
    assert_eq!(client.get("/api/v1/models").expect(200)["items"], json!([]), "nothing was stored");
}

#[test]
fn a_model_whose_test_fails_is_told_why_and_is_stored_only_if_that_is_wanted() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    let failing = LAMP.replace("then: { action: leave }", "then: { action: change }");
    let problem = client.post_yaml("/api/v1/models", &failing).problem(422, "model_test_failed");
    let test = &problem["failed"][0];
    assert_eq!((test["name"].as_str(), test["ok"].as_bool()), (Some("a flicker is not enough"), Some(false)));
    assert_eq!(test["claims"], json!([{ "ok": false, "expected": "change", "found": "leave" }]));
    assert!(test["why"].as_str().unwrap().contains("leave"), "{test}");
    let validated = client.post_yaml("/api/v1/models/validate", &failing).expect(200);
    assert_eq!((&validated["valid"], &validated["failed"]), (&json!(false), &problem["failed"]));
    client.post_yaml("/api/v1/models?run_tests=false", &failing).expect(201);
}

#[test]
fn a_dry_run_says_what_would_be_stored_and_stores_nothing() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    let told = client.post_yaml("/api/v1/models?dry_run=true", LAMP).expect(200);
    assert_eq!((&told["name"], &told["version"]), (&json!("lamp"), &Value::Null));
    assert_eq!(client.post_yaml("/api/v1/models/validate", LAMP).expect(200)["digest"], told["digest"]);
    client.get("/api/v1/models/lamp").problem(404, "model_not_found");
    assert_eq!(client.post_yaml("/api/v1/models", LAMP).expect(201)["digest"], told["digest"]);
}

#[test]
fn the_same_document_as_json_is_the_same_model() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    let json = json!({
        "freeagentics": 1,
        "name": "lamp",
        "factors": { "lamp": ["good", "dying"] },
        "controls": { "action": ["leave", "change"] },
        "modalities": { "light": ["steady", "flicker"] },
        "likelihood": { "light": { "given": ["lamp"], "columns": {
            "good": { "steady": 0.95, "flicker": 0.05 }, "dying": { "steady": 0.3, "flicker": 0.7 } } } },
        "transition": { "lamp": { "given": ["lamp"], "by": ["action"], "cases": {
            "change": { "columns": { "else": "good" } },
            "else": { "columns": { "good": { "good": 0.99, "dying": 0.01 }, "dying": "dying" } } } } },
        "preference": { "lamp": { "dying": -1 }, "action": { "change": -1.5 } },
        "prior": { "lamp": [0.9, 0.1] },
        "agent": { "policy_length": 3, "gamma": 4 },
    });
    assert_eq!(client.post("/api/v1/models", &json).expect(200)["version"], 1);
    let malformed = client.send("POST", "/api/v1/models", &[("content-type", "application/json")], "{\"name\":");
    assert_eq!(malformed.problem(422, "model_invalid")["problems"].as_array().unwrap().len(), 1);
}

#[test]
fn a_name_that_fits_into_no_address_is_refused_with_a_mend() {
    let installation = Installation::sqlite();
    let server = installation.start();
    for name in ["two words", "a/b", "lamp@2", "validate"] {
        let document = LAMP.replace("name: lamp", &format!("name: \"{name}\""));
        let problem = server.client().post_yaml("/api/v1/models", &document).problem(422, "model_invalid");
        assert_eq!(
            (&problem["problems"][0]["code"], &problem["problems"][0]["pointer"]),
            (&json!("invalid_name"), &json!("/name"))
        );
    }
}

#[test]
fn tests_that_would_keep_the_server_busy_are_not_run_here() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    let long = LAMP.replace("policy_length: 3", "policy_length: 16");
    let given = vec!["{ light: flicker }"; 3_000].join(", ");
    let long = long.replace("given: [{ light: flicker }]", &format!("given: [{given}]"));
    client.post_yaml("/api/v1/models", &long).problem(422, "model_tests_too_long");
    client.post_yaml("/api/v1/models?run_tests=false", &long).expect(201);
}

#[test]
fn every_model_that_ships_can_be_stored_with_its_tests_run() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models")).unwrap();
    let documents =
        folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|it| it == "yaml"));
    let stored = documents.map(|path| {
        let model = client.post_yaml("/api/v1/models", &std::fs::read_to_string(&path).unwrap()).expect(201);
        assert_eq!(path.file_stem().unwrap().to_str(), model["name"].as_str());
    });
    assert!(stored.count() >= 6);
}
