//! `/api/v1/whoami` and `/api/v1/system`.

use std::time::Duration;

use serde_json::json;

use super::{Installation, on_both_databases};
use crate::lamp::LAMP;

on_both_databases!(
    the_administrator_learns_who_they_are_and_what_runs,
    what_there_is_and_what_happens_to_it_is_told_to_whoever_watches,
);

fn the_administrator_learns_who_they_are_and_what_runs(mut installation: Installation) {
    let server = installation.start();
    let me = server.client().get("/api/v1/whoami").expect(200);
    assert_eq!((me["id"].as_str(), me["administrator"].as_bool()), (Some("bootstrap"), Some(true)));
    let permissions = me["permissions"].as_array().unwrap();
    assert!(permissions.contains(&"models:write".into()) && permissions.contains(&"agents:step".into()), "{me}");
    let system = server.client().get("/api/v1/system").expect(200);
    let database = if installation.database_server().is_some() { "postgresql" } else { "sqlite" };
    assert_eq!(system["database"], database);
    assert_eq!(system["version"], env!("CARGO_PKG_VERSION"));
    let nothing = json!({ "models": 0, "agents": 0, "hot_agents": 0, "steps": 0, "events": 0 });
    assert_eq!(system["counts"], nothing);
    server.stop();
    let server = installation.start();
    server.client().post_yaml("/api/v1/models", LAMP).expect(201);
    server.client().post_yaml("/api/v1/models", &LAMP.replace("-1.5", "-2")).expect(201);
    assert_eq!(server.client().get("/api/v1/system").expect(200)["counts"]["models"], 1, "versions of one model");
}

fn what_there_is_and_what_happens_to_it_is_told_to_whoever_watches(mut installation: Installation) {
    let server = installation.start();
    let client = server.client();
    // Of a lamp that is always steady, a flicker cannot be.
    let steady = LAMP.replace("steady: .95, flicker: .05", "steady: 1").replace("steady: .3, flicker: .7", "steady: 1");
    let steady = steady.split("tests:").next().unwrap();
    client.post_yaml("/api/v1/models", steady).expect(201);
    for id in ["a", "b"] {
        client.post("/api/v1/agents", &json!({ "id": id, "model": "lamp" })).expect(201);
    }
    let flicker = json!({ "observation": { "light": "flicker" } });
    client.post("/api/v1/agents/a/steps", &flicker).expect(200);
    client.post("/api/v1/agents/a/steps", &json!({ "observation": { "light": "steady" } })).expect(200);
    client.post("/api/v1/agents/a/reset", &json!({})).expect(200);
    client.send("DELETE", "/api/v1/agents/b", &[], "").expect(204);
    server.stranger().get("/health/ready").expect(200);
    let page = server.metrics().get("/metrics").text;
    for line in [
        r#"freeagentics_changes_total{kind="created"} 2"#,
        r#"freeagentics_changes_total{kind="reset"} 1"#,
        r#"freeagentics_changes_total{kind="deleted"} 1"#,
        "freeagentics_impossible_observations_total 1",
        "freeagentics_waiting_requests 0.0",
        "freeagentics_waiting_requests_max 20000.0",
        r#"health_check_up{check="database"} 1.0"#,
    ] {
        assert!(page.lines().any(|found| found == line), "{line} in\n{page}");
    }
    server.stop();
    let server = installation.start();
    let counted = |page: &str| page.lines().any(|line| line == "freeagentics_agents 1.0");
    let mut pages = std::iter::repeat_with(|| server.metrics().get("/metrics").text).take(100);
    let found = pages.find(|page| {
        counted(page) || {
            std::thread::sleep(Duration::from_millis(50));
            false
        }
    });
    let page = found.expect("agents are counted when it starts");
    assert!(page.contains("freeagentics_models 1.0\n") && page.contains("freeagentics_data_free_bytes "), "{page}");
    if let Some(database) = installation.database_server() {
        database.kill();
        server.stranger().get("/health/ready").expect(503);
        let page = server.metrics().get("/metrics").text;
        assert!(page.contains("health_check_up{check=\"database\"} 0.0\n"), "{page}");
    }
}
