//! A model that cannot be read again: its agents are lost, and nobody else is.

use serde_json::{Value, json};

use super::agents::{check, create, get, step, with, with_watchdog};
use super::fleets::import;
use super::live::Events;
use super::{Installation, on_both_databases};
use crate::lamp::LAMP;

on_both_databases!(an_agent_that_cannot_be_read_keeps_nobody_from_anything_and_can_be_deleted);

fn an_agent_that_cannot_be_read_keeps_nobody_from_anything_and_can_be_deleted(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    let lamp = |id: &str| json!({ "id": id, "model": "lamp", "labels": { "team": "a" } });
    for id in ["bad", "begun"] {
        client.post("/api/v1/agents", &lamp(id)).expect(201);
        step(&client, id, &json!({ "observation": { "light": "flicker" } }));
    }
    client.post("/api/v1/agents/begun/reset", &json!({})).expect(200);
    create(&client, "good");
    drop(server);
    installation.beside().execute("UPDATE models SET document = 'nothing' WHERE name = 'lamp'");
    let server = installation.start();
    let client = server.client();
    let live = Events::open(&client, "/api/v1/events?label=team=a", &[]);
    step(&client, "good", &check(40));

    let exported = client.get("/api/v1/fleets/export?label=team=a");
    exported.expect_lines(&[("omitted", "bad"), ("omitted", "begun"), ("model", "watchdog"), ("agent", "good")]);
    let elsewhere = Installation::sqlite();
    let taken = import(&elsewhere.start().client(), &exported.text);
    assert_eq!(taken.expect(200), json!({ "models": 1, "agents": 1 }), "what is named as missing is not missed");

    let told = Events::open(&client, "/api/v1/events?label=team=a&after=0", &[]).take(7);
    let told: Vec<(&str, &Value)> = told.iter().map(|event| (&*event.kind, &event.data["agent"])).collect();
    let (bad, begun, good) = (&json!("bad"), &json!("begun"), &json!("good"));
    let of_lamps = [("created", bad), ("step", bad), ("created", begun), ("step", begun), ("reset", begun)];
    assert_eq!(told, [&of_lamps[..], &[("created", good), ("step", good)]].concat());

    client.post("/api/v1/agents", &lamp("new")).problem(500, "internal");
    client.get("/api/v1/agents/new").problem(404, "agent_not_found");
    for id in ["bad", "begun"] {
        let path = format!("/api/v1/agents/{id}");
        client
            .post(&format!("{path}/steps"), &json!({ "observation": { "light": "flicker" } }))
            .problem(500, "internal");
        let delete = |headers: &[(&str, &str)]| client.send("DELETE", &path, headers, "");
        delete(&[("if-match", "\"77\"")]).problem(412, "revision_mismatch");
        client.post(&format!("{path}/reset"), &json!({})).problem(500, "internal");
        client.send("PUT", &format!("{path}/labels"), &with(&[]), &json!({ "labels": {} }).to_string());
        delete(&[("idempotency-key", id)]).expect(204);
        client.get(&path).problem(410, "agent_deleted");
    }
    let told: Vec<String> = live.take(3).into_iter().map(|event| event.kind).collect();
    assert_eq!(told, ["step", "deleted", "deleted"], "what is committed is told as well");
    assert_eq!(get(&client, "good")["step"], 1);
    let exported = client.get("/api/v1/fleets/export?label=team=a");
    exported.expect_lines(&[("model", "watchdog"), ("agent", "good")]);
}

impl super::Answer {
    /// Lines of an export: what each is, and of whom.
    #[track_caller]
    fn expect_lines(&self, expected: &[(&str, &str)]) {
        assert_eq!(self.status, 200);
        let lines = self.text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let of = |line: &Value| line["id"].as_str().or(line["name"].as_str()).unwrap().to_owned();
        let lines: Vec<(String, String)> =
            lines.map(|line| (line["kind"].as_str().unwrap().to_owned(), of(&line))).collect();
        let expected: Vec<_> = expected.iter().map(|(kind, of)| ((*kind).to_owned(), (*of).to_owned())).collect();
        assert_eq!(lines, expected);
    }
}
