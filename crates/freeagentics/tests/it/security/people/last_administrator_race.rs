//! The last two administrators, at once.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use super::put;
use crate::api::people::{Person, join};
use crate::api::{Installation, on_both_databases};

on_both_databases!(of_two_who_take_each_other_away_one_stays);

const ROUNDS: usize = 12;

fn of_two_who_take_each_other_away_one_stays(installation: Installation) {
    let server = installation.start();
    let mut stays = join(&server, &server.client(), "p0@example.org", &["admin"]);
    stays.client.send("DELETE", "/api/v1/keys/bootstrap", &[], "").expect(204);
    for round in 1..=ROUNDS {
        let other = join(&server, &stays.client, &format!("p{round}@example.org"), &["admin"]);
        let barrier = Barrier::new(2);
        let strike = |by: &Person, whom: &Person, delete: bool| {
            barrier.wait();
            if delete {
                return by.client.send("DELETE", &whom.path(""), &[], "").status;
            }
            if round % 3 == 0 {
                return put(&by.client, &whom.path("/roles"), &json!({ "roles": [] })).status;
            }
            by.client.post(&whom.path("/disable"), &Value::Null).status
        };
        let (one, two) = thread::scope(|scope| {
            let one = scope.spawn(|| strike(&stays, &other, round % 2 == 0));
            let two = strike(&other, &stays, false);
            (one.join().unwrap(), two)
        });
        // Who was struck first may be unknown, powerless, or told that nobody else is left.
        assert!([one, two].iter().filter(|status| **status < 300).count() <= 1, "{one} {two} in round {round}");
        let rules = |person: &Person| person.client.get("/api/v1/users").status == 200;
        assert!(rules(&stays) || rules(&other), "nobody is left in round {round}: {one} {two}");
        if !rules(&stays) {
            stays = other;
        } else if rules(&other) {
            stays.client.post(&other.path("/disable"), &Value::Null).expect(200);
        }
    }
}
