//! A ticket that several people have.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::api::people::{accept, invitation};
use crate::api::{Installation, on_both_databases};

on_both_databases!(a_ticket_works_once);

const AT_ONCE: usize = 8;

fn a_ticket_works_once(installation: Installation) {
    let server = installation.start_with(&["--set", "identity.hashes_at_once=16"]);
    let admin = server.client();
    let invited = admin.post("/api/v1/users", &invitation("ann@example.org", &["observer"])).expect(201);
    let barrier = Barrier::new(AT_ONCE);
    let take = |number: usize| {
        let body = json!({ "ticket": invited["ticket"], "password": format!("{number} kx7-qm2-zz9-w") });
        let client = server.stranger();
        barrier.wait();
        client.post("/api/v1/tickets/accept", &body).status
    };
    let taken: Vec<u16> = thread::scope(|scope| {
        let all: Vec<_> = (0..AT_ONCE).map(|number| scope.spawn(move || take(number))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(taken.iter().filter(|status| **status == 200).count(), 1, "{taken:?}");
    assert_eq!(taken.iter().filter(|status| **status == 422).count(), AT_ONCE - 1, "{taken:?}");
    let winner = taken.iter().position(|status| *status == 200).unwrap();
    // Wrong passwords would make the right one wait.
    for number in [winner, (winner + 1) % AT_ONCE] {
        let credentials = json!({ "email": "ann@example.org", "password": format!("{number} kx7-qm2-zz9-w") });
        let status = server.stranger().post("/api/v1/sign-in", &credentials).status;
        assert_eq!(status == 200, number == winner, "{number} of {taken:?}");
    }
    let path = format!("/api/v1/users/{}", invited["id"].as_str().unwrap());
    let renew =
        || -> Value { admin.post(&format!("{path}/ticket"), &json!({ "ticket": true })).expect(200)["ticket"].take() };
    let (old, new) = (renew(), renew());
    accept(&server, &old).problem(422, "ticket_invalid");
    admin.send("DELETE", &path, &[], "").expect(204);
    accept(&server, &new).problem(422, "ticket_invalid");
}
