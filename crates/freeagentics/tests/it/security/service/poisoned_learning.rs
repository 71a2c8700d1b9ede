//! Agents that learn, and somebody who would have one of them learn for another.

use std::process::Command;

use axiomcore::store::Location;
use serde_json::{Value, json};

use crate::api::fleets::{LEARNER, import};
use crate::api::{Client, Installation, on_both_databases};

on_both_databases!(
    what_an_agent_sees_teaches_no_other_agent_and_no_other_workspace,
    nobody_brings_in_an_agent_that_has_learnt_more_than_can_be_learnt,
);

fn see(client: &Client, agent: &str, light: &str) -> Value {
    let path = format!("/api/v1/agents/{agent}/steps");
    client.post(&path, &json!({ "observation": { "light": light } })).expect(200)["digest"].clone()
}

fn what_an_agent_sees_teaches_no_other_agent_and_no_other_workspace(installation: Installation) {
    // On one thread, so that they all take the same seat.
    let server = installation.start_with(&["--set", "runtime.shards=1"]);
    let admin = server.client();
    let made = admin.post("/api/v1/workspaces", &json!({ "name": "acme" })).expect(201);
    let acme = server.client_with(made["administrator"]["key"].as_str().unwrap());
    for client in [&admin, &acme] {
        client.post_yaml("/api/v1/models", LEARNER).expect(201);
        for id in ["victim", "poisoner"] {
            client.post("/api/v1/agents", &json!({ "id": id, "model": "learner" })).expect(201);
        }
    }
    let unlearnt = see(&acme, "poisoner", "shines");
    let learnt: Vec<Value> = (0..20).map(|_| see(&acme, "poisoner", "dark")).collect();
    assert_ne!(see(&acme, "poisoner", "shines"), unlearnt, "it has learnt something by {}", learnt.len());
    assert_eq!(see(&acme, "victim", "shines"), unlearnt, "another agent of the same model has not");
    (0..20).for_each(|_| drop(see(&acme, "poisoner", "dark")));
    assert_eq!(see(&admin, "victim", "shines"), unlearnt, "nor has one of the same name in another workspace");
    // Nobody prepares an agent for who comes after: its name is not given away again.
    acme.send("DELETE", "/api/v1/agents/poisoner", &[], "").expect(204);
    let again = acme.post("/api/v1/agents", &json!({ "id": "poisoner", "model": "learner" }));
    again.problem(409, "agent_exists");
}

/// An exported agent that learns, under another name and with `count` of all that can be learnt.
fn having_counted(exported: &str, name: &str, count: f64) -> String {
    let mut agent: Value = serde_json::from_str(exported.lines().last().unwrap()).unwrap();
    // What comes before is of an agent of two states without controls: format, model, steps, mark and belief.
    let before = agent["state"].as_str().unwrap()[..2 * (1 + 8 + 8 + 1 + 16)].to_owned();
    let number: String = count.to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let learnt = format!("06{}", format!("00{number}").repeat(6));
    agent["id"] = json!(name);
    agent["state"] = json!(format!("{before}{learnt}{learnt}"));
    agent.to_string()
}

fn nobody_brings_in_an_agent_that_has_learnt_more_than_can_be_learnt(installation: Installation) {
    let server = installation.start();
    let client = server.client();
    client.post_yaml("/api/v1/models", LEARNER).expect(201);
    let seed = json!({ "id": "seed", "model": "learner", "labels": { "team": "a" } });
    client.post("/api/v1/agents", &seed).expect(201);
    see(&client, "seed", "dark");
    let exported = client.get("/api/v1/fleets/export?label=team=a").text;
    for count in [1.0001e26, 1.7e308, f64::INFINITY, f64::NAN] {
        let refused = import(&client, &having_counted(&exported, "beyond", count)).problem(422, "import_invalid");
        assert_eq!(refused["problems"][0]["code"], "state_invalid", "{count}: {refused}");
    }
    client.get("/api/v1/agents/beyond").problem(404, "agent_not_found");
    // Whoever has learnt as much as there is goes on, over its episodes too, and all of it is numbers.
    import(&client, &having_counted(&exported, "most", 1e26)).expect(200);
    for _ in 0..4 {
        let step = json!({ "observation": { "light": "shines" }, "explain": "full" });
        let answer = client.post("/api/v1/agents/most/steps", &step).expect(200);
        assert!(!answer["plans"].to_string().contains("null"), "{answer}");
        client.post("/api/v1/agents/most/reset", &json!({})).expect(200);
    }
    drop(server);
    let mut replay = Command::new(env!("CARGO_BIN_EXE_freeagentics"));
    replay.args(["replay", "--verify", "--data"]).arg(installation.folder().join("data"));
    if let Location::Postgres(url) = installation.location() {
        replay.env("FREEAGENTICS__DATABASE__URL", url);
    }
    let output = replay.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
