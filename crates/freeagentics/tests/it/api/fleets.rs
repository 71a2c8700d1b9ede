//! Many agents at once by their labels, and on their way from one server to another.
use serde_json::{Value, json};

use super::agents::{WATCHDOG, check, create, get, step, with, with_watchdog};
use super::beside::only;
use super::live::Events;
use super::{Client, Installation, on_both_databases};
use crate::lamp::LAMP;

on_both_databases!(
    a_fleet_sees_the_same_and_begins_anew_together,
    a_fleet_goes_to_another_server_and_decides_there_as_it_would_have_here,
);

const NDJSON: [(&str, &str); 1] = [("content-type", "application/x-ndjson")];

pub(crate) fn import(client: &Client, lines: &str) -> super::client::Answer {
    client.send("POST", "/api/v1/import", &NDJSON, lines)
}

fn a_fleet_sees_the_same_and_begins_anew_together(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    for id in ["a", "b", "c"] {
        create(&client, id);
    }
    let other = json!({ "id": "other", "model": "watchdog", "labels": { "team": "b" } });
    client.post("/api/v1/agents", &other).expect(201);
    let fleet = json!({ "labels": { "team": "a" }, "observation": { "check": 5000 }, "idempotency_key": "k" });
    let answer = client.post("/api/v1/fleets/step", &fleet).expect(200);
    let items = answer["items"].as_array().unwrap();
    let agents: Vec<&Value> = items.iter().map(|item| &item["result"]["agent"]).collect();
    assert_eq!(agents, ["a", "b", "c"]);
    assert!(items.iter().all(|item| item["result"]["digest"] == items[0]["result"]["digest"]), "they see the same");
    let again = client.post("/api/v1/fleets/step", &fleet).expect(200);
    assert!(again["items"].as_array().unwrap().iter().all(|item| item["result"]["replayed"] == true));
    assert_eq!(get(&client, "other")["step"], 0);
    let reset = client.post("/api/v1/fleets/reset", &json!({ "labels": { "team": "a" } })).expect(200);
    assert_eq!(reset, json!({ "reset": 3, "failed": [] }));
    assert_eq!((&get(&client, "c")["episode"], &get(&client, "other")["episode"]), (&json!(2), &json!(1)));
    for body in [json!({ "labels": {}, "observation": {} }), json!({ "labels": { "team": 1 }, "observation": {} })] {
        client.post("/api/v1/fleets/step", &body).problem(422, "invalid_body");
    }
    client.post("/api/v1/fleets/reset", &json!({ "labels": {} })).problem(422, "invalid_body");
    let nobody =
        client.post("/api/v1/fleets/step", &json!({ "labels": { "team": "z" }, "observation": {} })).expect(200);
    assert_eq!(nobody, json!({ "items": [] }));
}

#[test]
fn a_header_that_would_guard_nobody_is_refused_where_many_are_asked() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let items = json!({ "items": [{ "agent": "a", "observation": { "check": 40 } }] });
    let fleet = json!({ "labels": { "team": "a" }, "observation": { "check": 40 } });
    let reset = json!({ "labels": { "team": "a" } });
    for (path, body) in [("/api/v1/steps", &items), ("/api/v1/fleets/step", &fleet), ("/api/v1/fleets/reset", &reset)] {
        for header in [("idempotency-key", "k"), ("if-match", "\"1\"")] {
            let answer = client.send("POST", path, &with(&[header]), &body.to_string());
            assert_eq!(
                answer.problem(400, "invalid_header")["header"].as_str().map(str::to_lowercase),
                Some(header.0.into())
            );
        }
    }
    assert_eq!((&get(&client, "a")["step"], &get(&client, "a")["revision"]), (&json!(0), &json!(1)));
}

fn a_fleet_goes_to_another_server_and_decides_there_as_it_would_have_here(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    for id in ["a", "b", "fresh"] {
        create(&client, id);
    }
    for n in 0..5 {
        step(&client, "a", &check(if n == 3 { 5000 } else { 40 }));
    }
    step(&client, "b", &check(5000));
    client.post("/api/v1/agents/b/reset", &json!({})).expect(200);
    let exported = client.get("/api/v1/fleets/export?label=team=a");
    assert_eq!(exported.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<Value> = exported.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&Value> = lines.iter().map(|line| &line["kind"]).collect();
    assert_eq!(kinds, ["model", "agent", "agent", "agent"]);
    assert_eq!(lines[1]["created_at"], get(&client, "a")["created_at"]);
    assert_eq!((&lines[1]["step"], &lines[2]["state"], &lines[2]["episode"]), (&json!(5), &Value::Null, &json!(2)));

    let elsewhere = Installation::sqlite();
    let there = elsewhere.start();
    let taken = import(&there.client(), &exported.text);
    assert_eq!(taken.expect(200), json!({ "models": 1, "agents": 3 }));
    let told = Events::open(&there.client(), "/api/v1/events?after=0", &[]).take(3);
    assert!(told.iter().all(|event| event.kind == "imported"), "{told:?}");
    for id in ["a", "b", "fresh"] {
        let (here, mut moved) = (get(&client, id), get(&there.client(), id));
        assert_eq!(moved["revision"], 1, "its history stays where it was made");
        for own in ["revision", "created_at"] {
            moved[own] = here[own].clone();
        }
        assert_eq!(moved, here);
    }
    let next = |client: &Client, id: &str| {
        let answer = step(client, id, &check(5000));
        (answer["digest"].clone(), answer["step"].clone(), answer["episode"].clone())
    };
    for id in ["a", "b", "fresh"] {
        assert_eq!(next(&client, id), next(&there.client(), id), "{id}");
    }
    there.client().get("/api/v1/agents/a/decisions/5").problem(404, "decision_not_found");
    let explained = there.client().get("/api/v1/agents/a/decisions/6").expect(200);
    assert_eq!(explained["replay"]["identical"], true);

    // Not a second time, and nothing of it.
    let again = import(&there.client(), &(exported.text.replace("\"id\":\"b\"", "\"id\":\"new\"")));
    let problem = again.problem(422, "import_invalid");
    let codes: Vec<(u64, &str)> = problem["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["line"].as_u64().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    assert_eq!(codes, [(2, "agent_exists"), (4, "agent_exists")]);
    there.client().get("/api/v1/agents/new").problem(404, "agent_not_found");
}

/// A lamp that learns how often it is seen to be on.
pub(crate) const LEARNER: &str = "
freeagentics: 1
name: learner
factors: { lamp: [good, bad] }
modalities: { light: [shines, dark] }
likelihood: { light: { given: [lamp], table: [[.8, .3], [.2, .7]] } }
transition: { lamp: { table: uniform } }
learning: { likelihood: { light: 2 }, prior: { lamp: 3 } }
";

#[test]
fn what_was_learnt_goes_along_between_two_episodes() {
    let (installation, elsewhere) = (Installation::sqlite(), Installation::sqlite());
    let (server, there) = (installation.start(), elsewhere.start());
    let (here, there) = (server.client(), there.client());
    here.post_yaml("/api/v1/models", LEARNER).expect(201);
    for id in ["old", "new"] {
        here.post("/api/v1/agents", &json!({ "id": id, "model": "learner", "labels": { "team": "a" } })).expect(201);
    }
    let next =
        |client: &Client, id: &str| step(client, id, &json!({ "observation": { "light": "dark" } }))["digest"].clone();
    (0..5).for_each(|_| drop(next(&here, "old")));
    here.post("/api/v1/agents/old/reset", &json!({})).expect(200);
    let exported = here.get("/api/v1/fleets/export?label=team=a").text;
    import(&there, &exported).expect(200);
    let (old, new) = (next(&here, "old"), next(&here, "new"));
    assert_ne!(old, new, "one of them has learnt something");
    assert_eq!((next(&there, "old"), next(&there, "new")), (old, new));
}

#[test]
fn an_import_whose_models_together_take_more_memory_than_models_may_is_refused_with_its_line() {
    let wide = |n: usize| {
        let states: Vec<String> = (0..200).map(|state| format!("s{state}")).collect();
        format!(
            "freeagentics: 1\nname: wide{n}\nfactors: {{ f: [{}] }}\ncontrols: {{ act: [a, b] }}\n\
             modalities: {{ o: [x, y] }}\nlikelihood: {{ o: {{ given: [f], table: uniform }} }}\n\
             transition: {{ f: {{ by: [act], given: [f], table: uniform }} }}\n",
            states.join(", ")
        )
    };
    let (installation, elsewhere) = (Installation::sqlite(), Installation::sqlite());
    let server = installation.start();
    let client = server.client();
    for n in 0..4 {
        client.post_yaml("/api/v1/models", &wide(n)).expect(201);
        let agent = json!({ "id": format!("a{n}"), "model": format!("wide{n}"), "labels": { "team": "a" } });
        client.post("/api/v1/agents", &agent).expect(201);
    }
    let exported = client.get("/api/v1/fleets/export?label=team=a").text;
    let there = elsewhere.start_with(&["--set", "runtime.model_memory=3MiB"]);
    let refused = import(&there.client(), &exported).problem(422, "import_invalid");
    let first = &refused["problems"][0];
    assert_eq!((&first["line"], &first["code"]), (&json!(5), &json!("model_invalid")), "{refused}");
    assert!(first["detail"].as_str().unwrap().contains("runtime.model_memory"), "{refused}");
    let lines: Vec<&str> = exported.lines().collect();
    for part in lines.chunks(2) {
        import(&there.client(), &(part.join("\n") + "\n")).expect(200);
    }
}

#[test]
fn everything_that_is_wrong_with_an_import_is_told_with_its_line_and_nothing_is_taken_in() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    step(&client, "a", &check(5000));
    let exported = client.get("/api/v1/fleets/export?label=team=a").text;
    let (model, agent) = exported.trim_end().split_once('\n').unwrap();
    let named = |id: &str| agent.replace("\"id\":\"a\"", &format!("\"id\":\"{id}\""));
    let lines = [
        "nonsense".to_owned(),
        model.replace("\"digest\":\"", "\"digest\":\"0"),
        named("good"),
        named("good"),
        named("b").replace("\"step\":1", "\"step\":2"),
        named("c").replace("\"state\":\"01", "\"state\":\"zz"),
        named("d").replace("\"version\":1", "\"version\":3"),
        named("e").replace("\"state\":\"01", "\"state\":\"02"),
        "{\"kind\":\"planet\"}".to_owned(),
        String::new(),
        named("f").replace("\"kind\":\"agent\"", "\"kind\":\"agent\",\"extra\":1"),
        named("g").replace("\"episode\":1", "\"episode\":0"),
    ];
    let problem = import(&client, &lines.join("\n")).problem(422, "import_invalid");
    let told: Vec<(u64, &str)> = problem["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["line"].as_u64().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    let expected = [
        (1, "malformed_json"),
        (2, "digest_mismatch"),
        (4, "duplicate"),
        (5, "state_invalid"),
        (6, "state_invalid"),
        (7, "model_not_found"),
        (8, "state_invalid"),
        (9, "invalid_body"),
        (11, "invalid_body"),
        (12, "state_invalid"),
    ];
    assert_eq!(told, expected, "{problem}");
    client.get("/api/v1/agents/good").problem(404, "agent_not_found");
    client
        .send("POST", "/api/v1/import", &[("content-type", "application/json")], "{}")
        .problem(415, "unsupported_media_type");
    assert_eq!(import(&server.client(), "\n").expect(200), json!({ "models": 0, "agents": 0 }));
    for query in ["", "?label=team", "?label=team=a&x=1"] {
        client.get(&format!("/api/v1/fleets/export{query}")).problem(400, "invalid_parameter");
    }
}

#[test]
fn a_fleet_of_many_pages_is_exported_and_imported_whole() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    let agents: Vec<Value> =
        (0..1_234).map(|n| json!({ "id": format!("a{n}"), "model": "watchdog", "labels": { "team": "a" } })).collect();
    client.post("/api/v1/agents/batch", &json!({ "agents": agents })).expect(200);
    let exported = client.get("/api/v1/fleets/export?label=team=a").text;
    assert_eq!(exported.lines().count(), 1 + 1_234);
    let elsewhere = Installation::sqlite();
    let there = elsewhere.start();
    assert_eq!(import(&there.client(), &exported).expect(200), json!({ "models": 1, "agents": 1_234 }));
    assert_eq!(there.client().get("/api/v1/fleets/export?label=team=a").text.lines().count(), 1 + 1_234);
}

#[test]
fn a_fleet_is_told_all_that_one_agent_is_told() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    let alone = json!({ "id": "alone", "model": "watchdog" });
    client.post("/api/v1/agents", &alone).expect(201);
    create(&client, "a");
    for id in ["alone", "a"] {
        step(&client, id, &check(40));
    }
    let mut body = check(5000);
    body["executed_action"] = "restart".into();
    body["elapsed"] = 7.into();
    body["explain"] = "full".into();
    let alone = step(&client, "alone", &body);
    body["labels"] = json!({ "team": "a" });
    body["dry_run"] = true.into();
    let rehearsed = client.post("/api/v1/fleets/step", &body).expect(200)["items"][0]["result"].clone();
    assert_eq!((&rehearsed["dry_run"], &rehearsed["plans"]), (&json!(true), &alone["plans"]));
    assert_eq!(get(&client, "a")["step"], 1, "the rehearsal left no trace");
    body["dry_run"] = false.into();
    let taken = client.post("/api/v1/fleets/step", &body).expect(200)["items"][0]["result"].clone();
    assert_eq!((&taken["step"], &taken["beliefs"]), (&json!(2), &alone["beliefs"]));
}

#[test]
fn a_fleet_that_is_too_large_for_one_request_is_left_as_it_is() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "runtime.batch_items=2"]);
    let client = server.client();
    client.post_yaml("/api/v1/models", WATCHDOG).expect(201);
    create(&client, "a");
    create(&client, "b");
    let fleet = json!({ "labels": { "team": "a" }, "observation": {} });
    assert_eq!(client.post("/api/v1/fleets/step", &fleet).expect(200)["items"].as_array().unwrap().len(), 2);
    create(&client, "c");
    client.post("/api/v1/fleets/step", &fleet).problem(422, "too_many_agents");
    client.post("/api/v1/fleets/reset", &json!({ "labels": { "team": "a" } })).problem(422, "too_many_agents");
    assert_eq!((&get(&client, "a")["step"], &get(&client, "a")["episode"]), (&json!(1), &json!(1)));
}

#[test]
fn an_agent_of_a_fleet_that_cannot_be_reset_is_named_and_a_repeated_reset_does_nothing_more() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    create(&client, "b");
    let keyed = with(&[("idempotency-key", "k")]);
    client.send("POST", "/api/v1/agents/b/steps", &keyed, &check(40).to_string()).expect(200);
    let fleet = json!({ "labels": { "team": "a" }, "idempotency_key": "k" });
    for _ in 0..2 {
        let reset = client.post("/api/v1/fleets/reset", &fleet).expect(200);
        assert_eq!((&reset["reset"], &reset["failed"][0]["agent"]), (&json!(1), &json!("b")));
        assert_eq!(reset["failed"][0]["problem"]["code"], "idempotency_key_reused");
    }
    assert_eq!((&get(&client, "a")["episode"], &get(&client, "b")["episode"]), (&json!(2), &json!(1)));
}

#[test]
fn models_come_and_go_with_a_fleet_only_with_the_permission_for_models() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    create(&server.client(), "a");
    server.client().post_yaml("/api/v1/models", LAMP).expect(201);
    let lamp = json!({ "id": "l", "model": "lamp", "labels": { "team": "a" } });
    server.client().post("/api/v1/agents", &lamp).expect(201);
    let lines = server.client().get("/api/v1/fleets/export?label=team=a").text;
    let key = |name| installation.beside().key(1, only(&[name])).0;
    let (writer, reader) = (key("agents:write"), key("agents:read"));
    let refused = server.client_with(&reader).get("/api/v1/fleets/export?label=team=a").problem(403, "forbidden");
    assert_eq!(refused["permission"], "models:read");
    let arriving = lines.replace(r#""id":"a""#, r#""id":"b""#).replace(r#""id":"l""#, r#""id":"m""#);
    let known = import(&server.client_with(&writer), &arriving).expect(200);
    assert_eq!(known["agents"], 2, "models that are here already are not stored");

    let elsewhere = Installation::sqlite();
    let there = elsewhere.start();
    let writer = elsewhere.beside().key(1, only(&["agents:write"])).0;
    let refused = import(&there.client_with(&writer), &lines).problem(403, "forbidden");
    assert_eq!(refused["permission"], "models:write");
    assert_eq!(there.client().get("/api/v1/models").expect(200)["items"], json!([]), "all of it or nothing");
    there.client().get("/api/v1/agents/a").problem(404, "agent_not_found");
}
