//! `/api/v1/backups`, and what the server does by itself.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Client, Installation, Server, on_both_databases, refused};
use crate::commands::freeagentics;
use crate::lamp::LAMP;

const BACKUP_KEY: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";

fn start(installation: &Installation, more: &[&str]) -> Server {
    let settings = settings(installation, "backups");
    let settings: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
    installation.start_with(&[&settings, more].concat())
}

/// Backups in this folder.
fn settings(installation: &Installation, folder: &str) -> [String; 2] {
    let key = installation.secret("backup-key", BACKUP_KEY);
    let folder = installation.folder().join(folder);
    [format!("backup.key_file={}", key.display()), format!("backup.folder={}", folder.display())]
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

/// Steps the agent once and waits until that is shipped.
fn step(server: &Server) {
    let body = json!({ "observation": { "light": "steady" } });
    server.client().post("/api/v1/agents/a/steps", &body).expect(200);
    std::thread::sleep(Duration::from_millis(2_500));
}

#[test]
fn a_restart_in_order_makes_no_other_backup_and_what_comes_after_it_is_shipped_as_before() {
    let installation = Installation::sqlite();
    let mut server = start(&installation, &["--set", "backup.ship_interval=1s"]);
    listed(&server.client(), 1);
    server.client().post_yaml("/api/v1/models", LAMP).expect(201);
    server.client().post("/api/v1/agents", &json!({ "id": "a", "model": "lamp" })).expect(201);
    for _ in 0..2 {
        step(&server);
        assert_eq!(server.stop().0, Some(0));
        server = start(&installation, &["--set", "backup.ship_interval=1s"]);
    }
    step(&server);
    assert_eq!(listed(&server.client(), 1)["items"].as_array().unwrap().len(), 1, "the first one is of minutes ago");
    drop(server);
    let at = |name: &str| installation.folder().join(name).display().to_string();
    let (new, folder, key) = (at("new"), at("backups"), at("backup-key"));
    let said = freeagentics(&["backup", "restore", "--data", &new, "--folder", &folder, "--key-file", &key]);
    assert_eq!(said.code, 0, "{}", said.err);
    let restored = Server::of(installation.command(&["--data", &new]));
    assert_eq!(restored.client().get("/api/v1/agents/a").expect(200)["step"], 3, "over two restarts and a crash");
    // Nobody knows what a process that was killed has not shipped.
    listed(&start(&installation, &[]).client(), 2);
}

on_both_databases!(a_backup_is_made_before_the_schema_changes_and_without_one_it_does_not_change);

fn a_backup_is_made_before_the_schema_changes_and_without_one_it_does_not_change(installation: Installation) {
    let quiet = ["--set", "backup.interval=0s", "--set", "backup.ship_interval=0s"];
    let server = start(&installation, &quiet);
    server.client().post_yaml("/api/v1/models", LAMP).expect(201);
    assert_eq!(server.client().get("/api/v1/backups").expect(200)["items"], json!([]), "nobody asked for one");
    assert_eq!(server.stop().0, Some(0));
    // As a program leaves it that knows nothing of certificates.
    let beside = installation.beside();
    for table in ["acme_accounts", "acme_certificates", "acme_challenges"] {
        beside.run(&format!("DROP TABLE {table}"));
    }
    beside.run("DELETE FROM schema_versions WHERE component = 'acme'");
    let versions = "SELECT version FROM schema_versions WHERE component = 'acme'";
    let nowhere = settings(&installation, "backup-key");
    let nowhere: Vec<&str> = nowhere.iter().flat_map(|setting| ["--set", setting]).collect();
    let (code, error) = refused(installation.command(&nowhere));
    assert_eq!(code, Some(1), "{error}");
    assert!(error["message"].as_str().unwrap().contains("no backup could be made"), "{error}");
    assert!(beside.rows(versions).is_empty(), "nothing is changed without one");
    drop(beside);
    let server = start(&installation, &quiet);
    let told = listed(&server.client(), 1);
    assert_eq!(installation.beside().rows(versions).len(), 1, "and now it is");
    let id = told["items"][0]["id"].as_str().unwrap();
    let manifest = installation.folder().join(format!("backups/manifests/{id}.json"));
    let manifest = std::fs::read_to_string(manifest).unwrap();
    assert!(
        manifest.contains("\"freeagentics\":") && !manifest.contains("\"acme\":"),
        "it is as it was before: {manifest}"
    );
    std::thread::sleep(Duration::from_millis(1_500));
    let entries = server.client().get("/api/v1/audit?action=backup.create").expect(200);
    assert_eq!(entries["items"][0]["principal"], "migration", "{entries}");
    drop(server);
    start(&installation, &quiet);
    let listed = std::fs::read_dir(installation.folder().join("backups/manifests")).unwrap().count();
    assert_eq!(listed, 1, "the next start changes nothing, and makes none");
}
