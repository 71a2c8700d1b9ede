//! Telling by the time of an answer whether there is such an account.

use std::time::{Duration, Instant};

use crate::api::person::{PASSWORD, Person};
use crate::api::{Client, Installation};

/// The middle one of how long several wrong sign-ins take.
#[expect(clippy::disallowed_methods, reason = "time is what is attacked")]
fn takes(client: &Client, mut attempt: impl FnMut(&Client, usize)) -> Duration {
    let mut took: Vec<Duration> = (0..15)
        .map(|i| {
            let started = Instant::now();
            attempt(client, i);
            started.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[took.len() / 2]
}

#[test]
fn an_answer_takes_as_long_whoever_is_asked_for() {
    let installation = Installation::sqlite();
    let server =
        installation.start_with(&["--set", "identity.free_failures=1000", "--set", "identity.account_failures=18"]);
    let stranger = server.stranger();
    let people: Vec<Person> =
        (0..2).map(|i| Person::join(&installation, &server, &format!("person{i}@example.org"), "observer")).collect();
    let known =
        takes(&stranger, |client, _| drop(people[0].sign_in(client, "a wrong one").problem(401, "sign_in_refused")));
    let unknown = takes(&stranger, |client, i| {
        let body = serde_json::json!({ "email": format!("nobody{i}@example.org"), "password": "a wrong one" });
        drop(client.post("/api/v1/sign-in", &body).problem(401, "sign_in_refused"));
    });
    // What is not tried at all, because there were too many failures, takes as long too.
    (0..18).for_each(|_| drop(people[1].sign_in(&stranger, "a wrong one")));
    let held = takes(&stranger, |client, _| drop(people[1].sign_in(client, PASSWORD).problem(401, "sign_in_refused")));
    for (what, took) in [("an unknown address", unknown), ("a held account", held)] {
        let ratio = took.as_secs_f64() / known.as_secs_f64();
        assert!((0.4..2.5).contains(&ratio), "{what} takes {took:?}, a known one {known:?}");
    }
}
