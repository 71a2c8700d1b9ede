//! `freeagentics audit`, on what a real server has left.

use std::fs;

use axiomcore::store::{Database, Location};
use serde_json::{Value, json};

use super::{Said, freeagentics};
use crate::api::Installation;
use crate::lamp::LAMP;

const MODELS: &str = "/api/v1/models";

/// A folder in which a server was killed twice while agents were made, and then stopped in order; how much was done.
fn lived() -> (Installation, u64) {
    let installation = Installation::sqlite();
    // The model, and before it the administrator's key.
    let mut done = 2;
    for life in 0..3 {
        let server = installation.start();
        let client = server.client();
        if life == 0 {
            client.post_yaml(MODELS, LAMP).expect(201);
        }
        for n in 0..20 {
            let agent = json!({ "id": format!("agent-{life}-{n}"), "model": "lamp" });
            client.post("/api/v1/agents", &agent).expect(201);
            done += 1;
        }
        if life == 2 {
            assert_eq!(server.stop().0, Some(0));
        }
    }
    (installation, done)
}

fn verify(arguments: &[&str]) -> (i32, Value) {
    let Said { code, out, err } = freeagentics(&[&["audit", "verify", "--output", "json"], arguments].concat());
    (code, serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}")))
}

#[test]
fn what_was_done_before_a_kill_is_in_the_record_once_and_the_record_holds() {
    let (installation, done) = lived();
    let data = installation.folder().join("data").display().to_string();
    let (code, report) = verify(&["--data", &data]);
    assert_eq!((code, &report["findings"]), (0, &json!([])), "{report}");
    let told = ["entries", "unchained", "uncovered", "unanchored", "log_rows"].map(|name| report[name].as_u64());
    assert_eq!(told, [Some(done), Some(0), Some(0), Some(0), Some(60)], "{report}");
    let key = freeagentics(&["audit", "key", "--data", &data]).out;
    assert_eq!(report["public_key"], key.trim());
    assert_eq!(verify(&["--data", &data, "--public-key", key.trim()]).1["pinned"], true);
    let (code, report) = verify(&["--data", &data, "--public-key", &"ab".repeat(32)]);
    assert_eq!((code, &report["findings"][0]["fault"]), (1, &json!("wrong_key")));
    let export = freeagentics(&["audit", "export", "--data", &data]).out;
    let file = installation.folder().join("export.jsonl");
    let path = file.display().to_string();
    fs::write(&file, &export).unwrap();
    assert_eq!(verify(&["--export", &path, "--public-key", key.trim()]).0, 0);
    fs::write(&file, export.replacen("agent-1-7", "agent-9-9", 1)).unwrap();
    let (code, report) = verify(&["--export", &path]);
    let place = json!({ "entry": { "workspace": 1, "seq": 30 } });
    assert_eq!((code, &report["findings"][0]["place"]), (1, &place), "{report}");
}

#[test]
fn an_alteration_in_the_database_is_named_with_its_place() {
    let (installation, _) = lived();
    let data = installation.folder().join("data");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let database =
        Database::open(&Location::Sqlite(data.join("freeagentics.db")), 1, runtime.handle().clone()).unwrap();
    let change = |sql: &'static str| database.write_blocking(|connection| connection.execute(sql, &[])).unwrap();
    assert_eq!(change("UPDATE audit_entries SET principal = 'eve' WHERE seq = 12"), 1);
    assert_eq!(change("UPDATE events SET commitment = zeroblob(32) WHERE seq = 20"), 1);
    let said = freeagentics(&["audit", "verify", "--data", &data.display().to_string()]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("entry 12 of workspace 1: altered\n"), "{}", said.out);
    assert!(said.out.contains("events ") && said.out.contains("the record is not as it was written"), "{}", said.out);
}
