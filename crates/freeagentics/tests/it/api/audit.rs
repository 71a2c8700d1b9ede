//! `/api/v1/audit`.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Client, Installation, on_both_databases};
use crate::lamp::LAMP;

on_both_databases!(
    whoever_may_read_the_record_finds_who_did_what,
    the_record_is_exported_for_other_programs,
    what_is_erased_is_gone_unless_the_record_is_held,
    nobody_who_is_still_there_is_taken_out_of_the_record
);

/// A server where a model and three agents were made, and an agent deleted.
fn lived(installation: &Installation) -> super::Server {
    let server = installation.start();
    let client = server.client();
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    for id in ["a", "b", "c"] {
        client.post("/api/v1/agents", &json!({ "id": id, "model": "lamp" })).expect(201);
    }
    client.send("DELETE", "/api/v1/agents/b", &[], "").expect(204);
    wait_for(&client, 6);
    server
}

/// Within a second an entry is in its chain.
fn wait_for(client: &Client, entries: usize) {
    for _ in 0..100 {
        if actions(client, "").len() == entries {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{:?}", actions(client, ""));
}

/// What was done to what, the latest first.
fn actions(client: &Client, query: &str) -> Vec<(String, String)> {
    let page = client.get(&format!("/api/v1/audit{query}")).expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(|item| (text(&item["action"]), text(&item["subject"]))).collect()
}

fn whoever_may_read_the_record_finds_who_did_what(installation: Installation) {
    let server = lived(&installation);
    let client = server.client();
    let done = [
        ("agent.delete", "b"),
        ("agent.create", "c"),
        ("agent.create", "b"),
        ("agent.create", "a"),
        ("model.create", "lamp@1"),
        ("key.create", "bootstrap"),
    ]
    .map(|(action, subject)| (action.to_owned(), subject.to_owned()));
    assert_eq!(actions(&client, ""), done);
    assert_eq!(actions(&client, "?subject=b"), [done[0].clone(), done[2].clone()]);
    assert_eq!(actions(&client, "?action=agent.create&limit=2"), done[1..3]);
    assert_eq!(actions(&client, "?principal=nobody"), []);
    assert_eq!(actions(&client, "?until=1000"), []);
    let first = client.get("/api/v1/audit?limit=2").expect(200);
    assert_eq!((&first["items"][0]["principal"], &first["items"][0]["seq"]), (&json!("bootstrap"), &json!(6)));
    assert_eq!(actions(&client, &format!("?before={}", first["next"])), done[2..]);
    client.get("/api/v1/audit?limit=0").problem(400, "invalid_parameter");
    server.stranger().get("/api/v1/audit").problem(401, "unauthenticated");
}

fn the_record_is_exported_for_other_programs(installation: Installation) {
    let server = lived(&installation);
    let lines = |format: &str| {
        let answer = server.client().get(&format!("/api/v1/audit/export?format={format}"));
        assert_eq!(answer.status, 200);
        answer.text.lines().take(6).map(str::to_owned).collect::<Vec<String>>()
    };
    let json = |line: &String| serde_json::from_str::<Value>(line).unwrap();
    let jsonl = lines("jsonl");
    assert_eq!((jsonl.len(), json(&jsonl[5])["entry"]["action"].clone()), (6, json!("agent.delete")));
    let ocsf = json(&lines("ocsf")[5]);
    let told = [&ocsf["class_uid"], &ocsf["type_uid"], &ocsf["actor"]["user"]["uid"], &ocsf["entity"]["uid"]];
    assert_eq!(told, [&json!(3004), &json!(300_404), &json!("bootstrap"), &json!("b")]);
    let cef = lines("cef");
    assert!(
        cef[5].starts_with("CEF:0|FreeAgentics|FreeAgentics|") && cef[5].contains(" suid=bootstrap "),
        "{}",
        cef[5]
    );
    let after = server.client().get("/api/v1/audit/export?after=5");
    assert!(after.text.lines().next().unwrap().contains("agent.delete"), "{}", after.text);
    // Whoever has taken a copy is on record.
    let told = || server.client().get("/api/v1/audit?action=audit.export").expect(200)["items"].clone();
    let is_told = |_| {
        std::thread::sleep(Duration::from_millis(20));
        told().as_array().unwrap().len() == 4
    };
    assert!((0..100).any(is_told), "{}", told());
    let last = told()[0].clone();
    assert_eq!((&last["principal"], &last["detail"]), (&json!("bootstrap"), &json!({ "format": "jsonl", "after": 5 })));
}

fn what_is_erased_is_gone_unless_the_record_is_held(installation: Installation) {
    let server = lived(&installation);
    let client = server.client();
    assert_eq!(client.get("/api/v1/audit/hold").expect(200)["held"], false);
    let held = client.send(
        "PUT",
        "/api/v1/audit/hold",
        &[("content-type", "application/json")],
        &json!({ "reason": "case 7" }).to_string(),
    );
    assert_eq!((&held.expect(200)["reason"], &held.json()["ordered_by"]), (&json!("case 7"), &json!("bootstrap")));
    let erase = |which: &Value| client.post("/api/v1/audit/erasures", which);
    erase(&json!({ "subject": "b" })).problem(409, "legal_hold");
    assert_eq!(client.get("/api/v1/audit/hold").expect(200)["held"], true);
    client.send("DELETE", "/api/v1/audit/hold", &[], "").expect(204);
    client.send("DELETE", "/api/v1/audit/hold", &[], "").expect(204);
    assert_eq!(erase(&json!({ "subject": "b" })).expect(200), json!({ "entries": 2 }));
    assert_eq!(actions(&client, "?subject=b"), []);
    let erased = client.get("/api/v1/audit?action=agent.delete").expect(200)["items"][0].clone();
    assert_eq!((&erased["erased"], &erased["principal"]), (&json!(true), &Value::Null));
    assert_eq!(erase(&json!({ "principal": "nobody" })).expect(200), json!({ "entries": 0 }));
    for wrong in [json!({ "principal": "a", "subject": "b" }), json!({ "range": "1" }), json!({})] {
        erase(&wrong).problem(422, "invalid_body");
    }
    for wrong in [json!({ "reason": "" }), json!({ "reason": "a\nb" }), json!({ "reason": "x".repeat(501) })] {
        let body = wrong.to_string();
        let answer = client.send("PUT", "/api/v1/audit/hold", &[("content-type", "application/json")], &body);
        answer.problem(422, "hold_reason");
    }
    for (action, n) in [("audit.hold", 1), ("audit.release", 1), ("audit.erase", 1)] {
        let told = |client: &Client| actions(client, &format!("?action={action}")).len();
        let is_told = |_| {
            std::thread::sleep(Duration::from_millis(20));
            told(&client) == n
        };
        assert!((0..100).any(is_told), "{action}: {}", told(&client));
    }
}

fn nobody_who_is_still_there_is_taken_out_of_the_record(installation: Installation) {
    let server = installation.start();
    let client = server.client();
    let made = |path: &str, body: &Value| client.post(path, body).expect(201);
    let key = made("/api/v1/keys", &json!({ "name": "eve", "permissions": ["models:write", "keys:read"] }));
    let service = made("/api/v1/services", &json!({ "name": "nightly", "roles": [] }));
    let user = made("/api/v1/users", &json!({ "email": "a@x.example", "name": "Ann", "roles": [], "ticket": true }));
    let eve = server.client_with(key["key"].as_str().unwrap());
    eve.post_yaml("/api/v1/models", LAMP).expect(201);
    let erase = |which: &Value| client.post("/api/v1/audit/erasures", which);
    for there in [&key["id"], &service["id"], &user["id"], &json!("bootstrap"), &json!("start")] {
        erase(&json!({ "principal": there })).problem(409, "still_there");
        erase(&json!({ "subject": there })).problem(409, "still_there");
    }
    assert_eq!(actions(&client, "?principal=start"), [("key.create".to_owned(), "bootstrap".to_owned())]);
    // Neither does a key go that is revoked, nor a service account that is deleted: whoever had it is not who they say.
    for (which, id) in [("keys", &key["id"]), ("services", &service["id"])] {
        client.send("DELETE", &format!("/api/v1/{which}/{}", id.as_str().unwrap()), &[], "").expect(204);
        erase(&json!({ "principal": id })).problem(409, "still_there");
        erase(&json!({ "subject": id })).problem(409, "still_there");
    }
    let id = user["id"].as_str().unwrap();
    client.send("DELETE", &format!("/api/v1/users/{id}"), &[], "").expect(204);
    assert_eq!(erase(&json!({ "principal": id })).expect(200), json!({ "entries": 0 }));
    assert_eq!(erase(&json!({ "subject": id })).expect(200), json!({ "entries": 2 }));
    let told = client.get("/api/v1/audit?action=audit.erase").expect(200)["items"].clone();
    let detail = &told[0]["detail"];
    let done = json!({ "user.delete": 1, "user.invite": 1 });
    assert_eq!((&detail["entries"], &detail["actions"]), (&json!(2), &done), "{told}");
    // Whose doing it was is not wiped away with whom it was done to.
    assert_eq!(detail["by"], json!({ "bootstrap": done }), "{told}");
}
