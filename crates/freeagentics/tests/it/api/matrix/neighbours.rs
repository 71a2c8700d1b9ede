//! Every route that has the name of something in its address, with the names of another workspace's things.

use super::{Access, Operation, Things, Value, body, json, nowhere, on_both_databases};
use crate::api::{Client, Installation};

on_both_databases!(nothing_is_reached_from_another_workspace_by_its_name);

/// Everything that could be changed, as its own workspace sees it.
fn state(things: &Things, admin: &Client) -> Vec<Value> {
    let paths = ["agents/a", "models/watchdog", "roles", "services", "keys", "users", "workspaces"];
    let mut state: Vec<Value> = paths.iter().map(|path| admin.get(&format!("/api/v1/{path}")).expect(200)).collect();
    things.person.client.get("/api/v1/whoami").expect(200);
    // When a key was last used is written down by itself.
    for key in state[4]["items"].as_array_mut().unwrap() {
        key["last_used_at"] = Value::Null;
    }
    state
}

fn nothing_is_reached_from_another_workspace_by_its_name(installation: Installation) {
    let things = Things::new(&installation);
    let admin = things.server.client();
    let made = admin.post("/api/v1/workspaces", &json!({ "name": "neighbours" })).expect(201);
    let neighbour = things.server.client_with(made["administrator"]["key"].as_str().unwrap());
    let before = state(&things, &admin);
    let mut tried = 0;
    for operation in Operation::all(&things.server) {
        // Factors are people's own, and no key has any: passkey_binding of the security suite tries another's.
        let is_own = operation.path.starts_with("/api/v1/factors");
        if !operation.has_place() || operation.access == Access::Open || is_own {
            continue;
        }
        let (path, body) = (things.address(&operation), body(&operation));
        let theirs = operation.call(&neighbour, &path, &body);
        let told = format!("{} {path}: {theirs:?}", operation.method);
        assert_eq!(theirs.0, 404, "{told}");
        let nothing = operation.call(&neighbour, &nowhere(&operation), &body);
        assert!(theirs == nothing || path.contains("/diff"), "{told} tells more than {nothing:?}");
        tried += 1;
    }
    assert_eq!(state(&things, &admin), before);
    println!("{tried} routes with a name in their address, none reached another workspace");
    assert!(tried >= 25, "{tried}");
}
