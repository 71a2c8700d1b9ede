//! `/api/v1/whoami` and `/api/v1/system`.

use serde_json::json;

use super::{Installation, on_both_databases};
use crate::lamp::LAMP;

on_both_databases!(the_administrator_learns_who_they_are_and_what_runs);

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
