//! `serve --demo`: agents that live through the public API, whatever happens to the server.

use std::collections::BTreeMap;
use std::time::Duration;

use axiomcore::clock::{Clock, SystemClock};
use serde_json::Value;

use crate::api::{Client, Installation, Server};

const FLEET: &str = "/api/v1/agents?label=demo=true";

/// The agents of the demo by name, once they are a dozen and each has taken so many steps more than `before`.
fn steps(server: &Server, before: &BTreeMap<String, u64>, more: u64) -> BTreeMap<String, u64> {
    let client = server.client();
    for _ in 0..600 {
        let now = fleet(&client);
        if now.len() == 12 && now.iter().all(|(id, step)| *step >= before.get(id).copied().unwrap_or(0) + more) {
            return now;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the demo stands still: {:?}", fleet(&client));
}

fn fleet(client: &Client) -> BTreeMap<String, u64> {
    let listed = client.get(FLEET).expect(200)["items"].as_array().unwrap().clone();
    let ids = listed.iter().map(|agent| agent["id"].as_str().unwrap().to_owned());
    ids.map(|id| (id.clone(), client.get(&format!("/api/v1/agents/{id}")).expect(200)["step"].as_u64().unwrap()))
        .collect()
}

fn decisions(client: &Client, id: &str) -> Vec<Value> {
    let page = client.get(&format!("/api/v1/agents/{id}/decisions?limit=1000")).expect(200);
    page["items"].as_array().unwrap().iter().rev().cloned().collect()
}

#[test]
fn the_demo_goes_on_after_the_server_was_killed_with_the_same_agents_in_the_same_worlds() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--demo"]);
    let before = steps(&server, &BTreeMap::new(), 3);
    drop(server);
    let server = installation.start_with(&["--demo"]);
    let after = steps(&server, &before, 3);
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "no agent is there twice");
    let client = server.client();
    let of_watchdog = decisions(&client, "demo-watchdog-1");
    let numbers: Vec<u64> = of_watchdog.iter().map(|decision| decision["step"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert!(of_watchdog.iter().all(|decision| decision["episode"] == 1), "its world was found again, not begun anew");
    assert!(of_watchdog.iter().all(|decision| decision["principal"] == "demo"), "with a key of its own");
    let of_maze = decisions(&client, "demo-tmaze-1");
    assert!(of_maze.iter().any(|decision| decision["episode"] != 1), "a short episode ends and another begins");
}

#[test]
fn a_server_with_a_demo_stops_as_soon_as_it_is_asked_to() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--demo"]);
    steps(&server, &BTreeMap::new(), 1);
    let asked = SystemClock.now();
    let (code, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
    let took = SystemClock.now().since(asked);
    assert!(took < Duration::from_secs(3), "it took {took:?}");
    assert!(!log.contains("begins anew") && !log.contains("ERROR"), "{log}");
}

#[test]
fn an_agent_of_the_demo_that_is_deleted_stays_deleted_and_the_others_live_on() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--demo"]);
    let before = steps(&server, &BTreeMap::new(), 1);
    let client = server.client();
    client.send("DELETE", "/api/v1/agents/demo-pump-2", &[], "").expect(204);
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(100));
        let now = fleet(&client);
        assert!(!now.contains_key("demo-pump-2"));
        if now["demo-pump-1"] >= before["demo-pump-1"] + 3 {
            return;
        }
    }
    panic!("the other pump stands still");
}
