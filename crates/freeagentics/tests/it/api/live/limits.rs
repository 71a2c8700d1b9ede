//! How many may follow, for how long, and how it ends.

use std::time::Duration;

use axiomcore::store::{Database, Location};
use tokio::time::Instant;

use super::super::agents::{WATCHDOG, create, with_watchdog};
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
    let threads = tokio::runtime::Runtime::new().unwrap();
    let file = Location::Sqlite(installation.folder().join("data/freeagentics.db"));
    let database = Database::open(&file, 1, threads.handle().clone()).unwrap();
    let revoke = "UPDATE credentials SET revoked_at = 1 WHERE id = 'bootstrap'";
    assert_eq!(database.write_blocking(|connection| connection.execute(revoke, &[])).unwrap(), 1);
    assert_eq!(live.next(), None);
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
    assert_eq!(live.next(), None);
}
