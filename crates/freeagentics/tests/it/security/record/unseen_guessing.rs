//! Guessing of which nobody learns: sign-ins and second factors that fail are on record as what they are, counted.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::api::person::{PASSWORD, Person, answer};
use crate::api::{Client, Installation, on_both_databases};

on_both_databases!(who_fails_to_sign_in_is_on_record_and_who_is_asked_for_a_code_is_not);

/// What was refused, why and how often, without who it was.
fn refusals(client: &Client) -> BTreeMap<(String, String), u64> {
    let page = client.get("/api/v1/audit?action=access.refuse").expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut told = BTreeMap::new();
    for entry in page["items"].as_array().unwrap() {
        assert_eq!(entry["principal"], "127.0.0.0/24");
        let key = (text(&entry["subject"]), text(&entry["detail"]["why"]));
        *told.entry(key).or_default() += entry["detail"]["count"].as_u64().unwrap();
    }
    told
}

fn who_fails_to_sign_in_is_on_record_and_who_is_asked_for_a_code_is_not(installation: Installation) {
    let server = installation.start();
    let stranger = server.stranger();
    let ann = Person::enrolled(&installation, &server, "ann@example.org");
    for password in ["wrong horse battery", "another wrong one", "a third wrong one"] {
        ann.sign_in(&stranger, password).problem(401, "sign_in_refused");
    }
    let nobody = json!({ "email": "nobody@example.org", "password": PASSWORD });
    stranger.post("/api/v1/sign-in", &nobody).problem(401, "sign_in_refused");
    let mut bob = Person::enrolled(&installation, &server, "bob@example.org");
    // Asked for the code twice, which refuses nobody; then one wrong code, a challenge that is none, and the right code.
    let (challenge, _) = (bob.challenge(&stranger), bob.challenge(&stranger));
    answer(&stranger, &challenge, "code", "000000").problem(401, "sign_in_refused");
    answer(&stranger, "challenge_0", "code", "000000").problem(401, "challenge_invalid");
    answer(&stranger, &challenge, "code", &bob.code()).expect(200);
    // The end writes what was counted.
    assert_eq!(server.stop().0, Some(0));
    let again = installation.start();
    let expected = [("POST /api/v1/sign-in", "sign_in", 4), ("POST /api/v1/sign-in/factor", "second_factor", 2)];
    let expected = BTreeMap::from(expected.map(|(what, why, n)| ((what.to_owned(), why.to_owned()), n)));
    for _ in 0..100 {
        if refusals(&again.client()) == expected {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{:?}", refusals(&again.client()));
}
