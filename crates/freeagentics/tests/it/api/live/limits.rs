//! How many may follow, for how long, and how it ends.

use std::time::Duration;

use tokio::time::Instant;

use super::super::agents::{WATCHDOG, check, create, with_watchdog};
use super::super::beside::only;
use super::{Events, steps};
use crate::api::Installation;

#[test]
fn streams_are_limited_for_each_principal_and_a_place_is_free_again_when_its_stream_ends() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "live.max_streams_per_principal=2"]);
    let client = server.client();
    let first = client.stream("/api/v1/events", &[]);
    let second = client.stream("/api/v1/events", &[]);
    assert_eq!((first.0, second.0), (200, 200));
    let refused = client.get("/api/v1/events");
    refused.problem(429, "too_many_streams");
    assert!(refused.header("retry-after").is_some());
    let open = |n: &str| server.metrics().get("/metrics").text.contains(&format!("freeagentics_live_streams {n}.0\n"));
    assert!(open("2"));
    drop(first);
    assert!((0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        open("1")
    }));
    assert_eq!(client.stream("/api/v1/events", &[]).0, 200);
}

#[test]
fn streams_are_limited_in_all() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "live.max_streams=1"]);
    let client = server.client();
    let _first = client.stream("/api/v1/events", &[]);
    let refused = client.get("/api/v1/events");
    refused.problem(503, "overloaded");
    assert!(refused.header("retry-after").is_some());
}

#[test]
fn a_stream_whose_credential_is_revoked_ends() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "live.keep_alive=50ms"]);
    let client = server.client();
    client.post_yaml("/api/v1/models", WATCHDOG).expect(201);
    create(&client, "a");
    let live = Events::open(&client, "/api/v1/events", &[]);
    steps(&client, "a", 1);
    assert_eq!(live.next().unwrap().kind, "step");
    installation.beside().execute("UPDATE credentials SET revoked_at = 1 WHERE id = 'bootstrap'");
    assert!(live.ends());
}

#[test]
fn a_stream_whose_key_may_not_read_agents_any_more_ends() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "live.keep_alive=50ms"]);
    let beside = installation.beside();
    let (key, id) = beside.key(1, only(&["agents:read"]));
    let live = Events::open(&server.client_with(&key), "/api/v1/events", &[]);
    assert!(live.any().is_some(), "it is alive");
    beside.execute(&format!("UPDATE credentials SET permissions = 'models:read' WHERE id = '{id}'"));
    assert!(live.ends());
}

#[test]
fn a_stream_outlives_a_database_that_goes_and_comes_back() {
    let mut installation = Installation::postgres();
    let server = installation.start_with(&["--set", "live.keep_alive=50ms"]);
    let client = server.client();
    client.post_yaml("/api/v1/models", WATCHDOG).expect(201);
    create(&client, "a");
    let live = Events::open(&client, "/api/v1/agents/a/events", &[]);
    assert!(live.any().is_some(), "it is alive");
    installation.database_server().unwrap().kill();
    client.post("/api/v1/agents/a/steps", &check(40)).problem(503, "unavailable");
    live.pass_over();
    assert!((0..3).all(|_| live.any().is_some()), "nothing happens that it could miss");
    installation.database_server().unwrap().restart();
    let again = |_| {
        std::thread::sleep(Duration::from_millis(100));
        client.post("/api/v1/agents/a/steps", &check(40)).status == 200
    };
    assert!((0..100).any(again));
    assert_eq!(live.next().unwrap().data["step"], 1);
}

#[test]
fn what_is_told_and_what_is_left_out_is_counted() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "live.catch_up_agent=3"]);
    let client = server.client();
    client.post_yaml("/api/v1/models", WATCHDOG).expect(201);
    create(&client, "a");
    steps(&client, "a", 9);
    let live = Events::open(&client, "/api/v1/agents/a/events?after=1", &[]);
    let kinds: Vec<String> = live.take(4).into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, ["gap", "step", "step", "step"]);
    let metrics = server.metrics().get("/metrics").text;
    for counted in ["freeagentics_live_events_total 3\n", "freeagentics_live_gaps_total 1\n"] {
        assert!(metrics.contains(counted), "{counted}{metrics}");
    }
}

#[test]
fn a_server_that_stops_ends_its_streams_and_does_not_wait_for_them() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let live = Events::open(&client, "/api/v1/agents/a/events", &[]);
    steps(&client, "a", 1);
    assert_eq!(live.next().unwrap().kind, "step");
    let began = Instant::now();
    let (code, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert!(log.contains("connections_cut\":0") || log.contains("connections_cut=0"), "{log}");
    assert!(live.ends());
}
