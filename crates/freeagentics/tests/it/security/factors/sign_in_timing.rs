//! Telling by the time of an answer whether there is such an account.

use std::time::{Duration, Instant};

use serde_json::json;

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
