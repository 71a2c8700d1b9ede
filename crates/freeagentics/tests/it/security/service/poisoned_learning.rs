//! Agents that learn, and somebody who would have one of them learn for another.

use serde_json::{Value, json};

use crate::api::{Client, Installation, on_both_databases};

on_both_databases!(what_an_agent_sees_teaches_no_other_agent_and_no_other_workspace);

/// A lamp that learns how often it is seen to be on.
const LEARNER: &str = "
freeagentics: 1
name: learner
factors: { lamp: [good, bad] }
modalities: { light: [shines, dark] }
likelihood: { light: { given: [lamp], table: [[.8, .3], [.2, .7]] } }
transition: { lamp: { table: uniform } }
learning: { likelihood: { light: 2 }, prior: { lamp: 3 } }
";

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
