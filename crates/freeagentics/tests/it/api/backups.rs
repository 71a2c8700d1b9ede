//! `/api/v1/backups`, and what the server does by itself.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Client, Installation, Server};

const BACKUP_KEY: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";

fn start(installation: &Installation, more: &[&str]) -> Server {
    let key = format!("backup.key_file={}", installation.secret("backup-key", BACKUP_KEY).display());
    let folder = format!("backup.folder={}", installation.folder().join("backups").display());
    installation.start_with(&[&["--set", &key, "--set", &folder], more].concat())
}

/// The list once it has so many that are verified.
fn listed(client: &Client, number: usize) -> Value {
    for _ in 0..300 {
        let told = client.get("/api/v1/backups").expect(200);
        let good = told["items"].as_array().unwrap().iter().filter(|item| item["verified_at"].is_string()).count();
        if good >= number && told["running"] == json!(false) {
            return told;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{}", client.get("/api/v1/backups").expect(200));
}

#[test]
fn a_server_makes_a_backup_by_itself_and_when_it_is_asked_and_all_of_it_is_on_record() {
    let installation = Installation::sqlite();
    let server = start(&installation, &[]);
    let client = server.client();
    let told = listed(&client, 1);
    assert_eq!((&told["items"][0]["number"], &told["damages"]), (&json!(1), &json!([])), "{told}");
    client.post("/api/v1/backups", &json!({})).expect(202);
    let told = listed(&client, 2);
    assert_eq!(told["items"][1]["number"], 2, "{told}");
    std::thread::sleep(Duration::from_millis(1_500));
    let entries = client.get("/api/v1/audit?action=backup.create").expect(200);
    let by: Vec<&Value> = entries["items"].as_array().unwrap().iter().map(|item| &item["principal"]).collect();
    assert!(by.contains(&&json!("schedule")) && by.len() == 2, "{entries}");
    let metrics = server.metrics().get("/metrics").text;
    for line in ["backup_kept 2", "backup_damages 0", "backup_failures_total{step=\"create\"} 0"] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
    let (_, log) = server.stop();
    assert!(!log.contains("5e5e"), "{log}");
}

#[test]
fn where_no_place_is_said_there_are_none() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let told = server.client().get("/api/v1/backups").expect(200);
    assert_eq!((&told["configured"], &told["items"]), (&json!(false), &json!([])), "{told}");
    server.client().post("/api/v1/backups", &json!({})).problem(409, "backups_not_configured");
    assert!(!server.metrics().get("/metrics").text.contains("backup_age_seconds"), "nobody waits for one");
}

#[test]
fn who_belongs_to_another_workspace_sees_no_backup_and_makes_none() {
    let installation = Installation::sqlite();
    let server = start(&installation, &["--set", "backup.interval=0s"]);
    let made = server.client().post("/api/v1/workspaces", &json!({ "name": "other" })).expect(201);
    let key = made["administrator"]["key"].as_str().unwrap();
    let other = server.client_with(key);
    other.get("/api/v1/backups").problem(403, "default_workspace_only");
    other.post("/api/v1/backups", &json!({})).problem(403, "default_workspace_only");
    assert_eq!(server.client().get("/api/v1/backups").expect(200)["items"], json!([]));
}
