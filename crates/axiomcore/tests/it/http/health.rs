//! Probes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use super::Running;
use crate::client::get;

const FRESH: Duration = Duration::from_millis(600);

#[test]
fn readiness_is_red_while_starting_and_while_a_dependency_is_gone_and_green_when_it_is_back() {
    let running = Running::start(|_| {});
    let ready = || get(running.address, "/health/ready", &[]);
    assert_eq!((ready().status, get(running.address, "/health/startup", &[]).status), (503, 503));
    assert_eq!(get(running.address, "/health/live", &[]).status, 200);
    running.health.started();
    assert_eq!((ready().status, get(running.address, "/health/startup", &[]).status), (200, 200));
    let state = Arc::new(AtomicU8::new(0));
    let seen = state.clone();
    running.health.check("cellar", Duration::from_millis(50), move || {
        let state = seen.load(Ordering::SeqCst);
        async move {
            match state {
                0 => Ok(()),
                1 => Err("the secret place of the cellar".into()),
                _ => std::future::pending().await,
            }
        }
    });
    for (now, status, word) in [(0, 200, "ok"), (1, 503, "failed"), (2, 503, "timed_out"), (0, 200, "ok")] {
        state.store(now, Ordering::SeqCst);
        std::thread::sleep(FRESH);
        let answer = ready();
        assert_eq!((answer.status, answer.json()["checks"][0]["status"].as_str()), (status, Some(word)));
        assert_eq!(answer.json()["checks"][0]["name"], "cellar");
        assert!(!answer.text().contains("secret"));
    }
}
