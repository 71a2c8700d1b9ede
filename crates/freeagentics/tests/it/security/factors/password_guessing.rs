//! Guessing at one account: fast from one address, slowly, and from very many addresses.

use serde_json::json;

use crate::api::person::{PASSWORD, Person};
use crate::api::{Answer, Client, Installation, Server, on_both_databases};

on_both_databases!(guesses_soon_have_to_wait, guesses_from_everywhere_have_to_wait_together);

/// What makes the server believe the proxy on loopback, so that a test can come from many addresses.
pub(super) const BEHIND_PROXY: [&str; 2] = ["--set", "http.behind_proxy=true"];

/// A sign-in from an address.
pub(super) fn from(client: &Client, address: &str, email: &str, password: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("x-forwarded-for", address)];
    client.send("POST", "/api/v1/sign-in", &headers, &json!({ "email": email, "password": password }).to_string())
}

fn guesses_soon_have_to_wait(installation: Installation) {
    let server = installation.start();
    let (ann, stranger) = (Person::join(&installation, &server, "ann@example.org", "observer"), server.stranger());
    let mut wrong = ann.sign_in(&stranger, "guess 0").problem(401, "sign_in_refused");
    ann.sign_in(&stranger, PASSWORD).expect(200);
    for guess in 1..=7 {
        wrong = ann.sign_in(&stranger, &format!("guess {guess}")).problem(401, "sign_in_refused");
    }
    // The eighth guess is right, and nobody can tell.
    let mut held = ann.sign_in(&stranger, PASSWORD).problem(401, "sign_in_refused");
    for answer in [&mut held, &mut wrong] {
        answer.as_object_mut().unwrap().remove("request_id");
    }
    assert_eq!(held, wrong);
    // Slowly, too: each guess doubles the wait, so that one a second stays far behind.
    let mut tried = 0;
    for _ in 0..6 {
        std::thread::sleep(std::time::Duration::from_secs(1));
        tried += u32::from(ann.sign_in(&stranger, PASSWORD).status == 200);
    }
    assert!(tried >= 1, "who waits gets in");
    assert!(metric(&server, "sign_in_locks_total{class=\"pair\"}") >= 1.0);
}

fn guesses_from_everywhere_have_to_wait_together(installation: Installation) {
    let server = installation.start_with(&BEHIND_PROXY);
    let stranger = server.stranger();
    let ann = Person::join(&installation, &server, "ann@example.org", "observer");
    let bob = Person::join(&installation, &server, "bob@example.org", "observer");
    for i in 0..20 {
        from(&stranger, &format!("2001:db8:{i:x}::1"), &ann.email, "a guess").problem(401, "sign_in_refused");
    }
    from(&stranger, "203.0.113.9", &ann.email, PASSWORD).problem(401, "sign_in_refused");
    from(&stranger, "203.0.113.9", &bob.email, PASSWORD).expect(200);
    // An address that nobody vouches for changes nothing: an installation without a proxy believes none.
    assert!(metric(&server, "sign_in_locks_total{class=\"account\"}") >= 1.0);
}

#[test]
fn a_stolen_session_is_no_place_to_guess_the_password() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let ann = Person::join(&installation, &server, "ann@example.org", "observer").client(&server);
    let change = |old: &str| ann.post("/api/v1/password", &json!({ "old": old, "new": "vier grüne Tassen Tee" }));
    for guess in 0..5 {
        change(&format!("guess {guess}")).problem(403, "password_wrong");
    }
    let held = change(PASSWORD);
    held.problem(429, "too_many_failures");
    assert!(held.header("retry-after").is_some());
    // Another route that asks for it is no way around.
    ann.post("/api/v1/factors/app", &json!({ "password": PASSWORD })).problem(429, "too_many_failures");
    std::thread::sleep(std::time::Duration::from_millis(1_050));
    change(PASSWORD).expect(204);
}

/// The value of a metric with its labels; zero if it is not there.
pub(super) fn metric(server: &Server, name: &str) -> f64 {
    let text = server.metrics().get("/metrics").text;
    let value = text.lines().find_map(|line| line.strip_prefix(name));
    value.map_or(0.0, |value| value.trim().parse().unwrap())
}
