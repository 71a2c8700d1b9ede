//! Telling by the time of an answer whether there is such an account.

use std::time::{Duration, Instant};

use serde_json::json;

use super::password_guessing::metric;
use crate::api::people::invitation;
use crate::api::person::{PASSWORD, Person};
use crate::api::{Client, Installation};

/// How long a refusal takes.
#[expect(clippy::disallowed_methods, reason = "time is what is attacked")]
fn takes(client: &Client, email: &str, password: &str) -> Duration {
    let body = json!({ "email": email, "password": password });
    let started = Instant::now();
    client.post("/api/v1/sign-in", &body).problem(401, "sign_in_refused");
    started.elapsed()
}

/// The middle one.
fn median(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}

#[test]
fn an_answer_takes_as_long_whoever_is_asked_for() {
    let installation = Installation::sqlite();
    let settings = ["identity.free_failures=1000", "identity.account_failures=30"];
    let server = installation.start_with(&["--set", settings[0], "--set", settings[1]]);
    let stranger = server.stranger();
    let [ann, bob] =
        ["ann@example.org", "bob@example.org"].map(|email| Person::join(&installation, &server, email, "observer"));
    // What is not tried at all, because there were too many failures, takes as long too.
    (0..30).for_each(|_| drop(bob.sign_in(&stranger, "a wrong one")));
    let (mut known, mut unknown, mut held) = (Vec::new(), Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does weighs on all alike.
    for round in 0..25 {
        known.push(takes(&stranger, &ann.email, "a wrong one"));
        unknown.push(takes(&stranger, &format!("nobody{round}@example.org"), "a wrong one"));
        held.push(takes(&stranger, &bob.email, PASSWORD));
    }
    let known = median(known);
    for (what, took) in [("an unknown address", median(unknown)), ("a held account", median(held))] {
        let ratio = took.as_secs_f64() / known.as_secs_f64();
        assert!((0.4..2.5).contains(&ratio), "{what} takes {took:?}, a known one {known:?}");
    }
}

#[test]
fn the_same_work_is_done_whoever_is_asked_for() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let (admin, stranger) = (server.client(), server.stranger());
    let [_, gone] =
        ["ann@example.org", "gone@example.org"].map(|email| Person::join(&installation, &server, email, "observer"));
    admin.post(&format!("/api/v1/users/{}/disable", gone.id), &json!({})).expect(200);
    admin.post("/api/v1/users", &invitation("new@example.org", &[])).expect(201);
    let hashed = || metric(&server, "password_hashes_total");
    for (email, password) in [
        ("ann@example.org", "a wrong one"),
        ("nobody@example.org", "a wrong one"),
        // Disabled; invited, and so without a password.
        ("gone@example.org", PASSWORD),
        ("new@example.org", "a wrong one"),
        ("no address", "a wrong one"),
        // What can be no password.
        ("ann@example.org", "\u{7}"),
    ] {
        let before = hashed();
        let body = json!({ "email": email, "password": password });
        stranger.post("/api/v1/sign-in", &body).problem(401, "sign_in_refused");
        assert_eq!(hashed() - before, 1.0, "{email} {password:?}: one hash, neither more nor less");
    }
}
