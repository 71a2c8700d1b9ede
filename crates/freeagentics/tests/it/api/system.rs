//! `/api/v1/whoami` and `/api/v1/system`.

use super::{Installation, on_both_databases};

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
}
