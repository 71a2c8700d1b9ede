//! So many sign-ins that hashing their passwords would take all processors.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::password_guessing::{BEHIND_PROXY, from};
use crate::api::agents::{check, create, with_watchdog};
use crate::api::person::{PASSWORD, text};
use crate::api::{Client, Installation, Server};

/// How many connections the flood comes over.
const CONNECTIONS: usize = 48;

/// Floods the server with wrong sign-ins from ever new addresses, for ever new accounts and for Ann's, until it is told to
/// stop; counts them.
fn flood(server: &Server, connection: usize, stop: &AtomicBool, sent: &AtomicUsize) {
    let client = server.stranger();
    let mut i = connection;
    while !stop.load(Ordering::Relaxed) {
        let address = format!("10.{}.{}.{}", i >> 16 & 255, i >> 8 & 255, i & 255);
        let account = if i.is_multiple_of(2) { "ann@example.org".to_owned() } else { format!("user{i}@example.org") };
        let status = from(&client, &address, &account, "a guess of it").status;
        assert!(matches!(status, 401 | 429 | 503), "{status}");
        sent.fetch_add(1, Ordering::Relaxed);
        i += CONNECTIONS;
    }
}

/// How long steps take, one after the other for a while: the middle one and the 99th of a hundred.
#[expect(clippy::disallowed_methods, reason = "how long steps take is what matters here")]
fn steps(client: &Client) -> [Duration; 2] {
    let one = |_| {
        let started = Instant::now();
        client.post("/api/v1/agents/a/steps", &check(20)).expect(200);
        started.elapsed()
    };
    let mut took: Vec<Duration> = (0..100).map(one).collect();
    took.sort_unstable();
    [took[50], took[98]]
}

/// Ends the flood with the test, however the test ends.
struct Ending<'s>(&'s AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long somebody waits is what matters here")]
fn a_flood_of_sign_ins_keeps_neither_a_known_device_out_nor_steps_waiting() {
    let installation = Installation::sqlite();
    drop(with_watchdog(&installation));
    let server = installation.start_with(&BEHIND_PROXY);
    installation.beside().user("ann@example.org", PASSWORD, "observer");
    let home = "198.51.100.7";
    let first = from(&server.stranger(), home, "ann@example.org", PASSWORD).expect(200);
    let device = text(&first, "device_token");
    let (stop, sent, admin) = (AtomicBool::new(false), AtomicUsize::new(0), server.client());
    create(&admin, "a");
    let at_ease = steps(&admin);
    std::thread::scope(|scope| {
        let _ending = Ending(&stop);
        for connection in 0..CONNECTIONS {
            let (server, stop, sent) = (&server, &stop, &sent);
            scope.spawn(move || flood(server, connection, stop, sent));
        }
        std::thread::sleep(Duration::from_secs(1));
        let (begun, before) = (Instant::now(), sent.load(Ordering::Relaxed));
        let mut longest = Duration::ZERO;
        for _ in 0..5 {
            let started = Instant::now();
            let body = json!({ "email": "ann@example.org", "password": PASSWORD, "device_token": device });
            let headers = [("content-type", "application/json"), ("x-forwarded-for", home)];
            let answer = server.stranger().send("POST", "/api/v1/sign-in", &headers, &body.to_string());
            longest = longest.max(started.elapsed());
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        let (under_attack, lasted) = (steps(&admin), begun.elapsed().as_secs_f64());
        let rate = (sent.load(Ordering::Relaxed) - before) as f64 / lasted;
        println!("{rate:.0} wrong sign-ins a second; a known device waited {longest:?} at most, of 5 sign-ins");
        println!("a step took {at_ease:?} (median, P99) at ease, {under_attack:?} meanwhile");
        assert!(longest < Duration::from_secs(5), "a known device waited {longest:?}");
    });
    assert!(sent.load(Ordering::Relaxed) > 500, "there was no flood");
}
