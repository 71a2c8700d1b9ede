//! Requests that were on their way when their sender was thrown out.

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::begun::Begun;
use crate::api::people::{invitation, join, key_of, text};
use crate::api::{Client, Installation, Server, on_both_databases};

on_both_databases!(
    what_was_let_in_before_a_revocation_is_not_done_after_it,
    nothing_comes_after_the_answer_of_a_revocation
);

/// Until a request whose headers are sent has been let in; far less than it takes until its body is late.
const MOMENT: Duration = Duration::from_millis(100);

/// A busy machine may take so long to revoke that bodies are late, which is another category's; not each time.
const ROUNDS: usize = 4;

fn begin(server: &Server, key: &str, user: &str, round: usize) -> Vec<Begun> {
    let (own, address) = (format!("left{round}"), format!("left{round}@example.org"));
    let (roles, ticket) = (format!("{user}/roles"), format!("{user}/ticket"));
    let requests: [(&str, &str, Value); 9] = [
        ("POST", "/api/v1/keys", json!({ "name": "left", "permissions": ["*"] })),
        ("POST", "/api/v1/services", json!({ "name": "left", "roles": ["admin"] })),
        ("POST", "/api/v1/users", invitation(&address, &["admin"])),
        ("POST", "/api/v1/roles", json!({ "name": own, "meaning": "m", "permissions": [] })),
        ("POST", "/api/v1/workspaces", json!({ "name": own })),
        ("PUT", &roles, json!({ "roles": ["admin"] })),
        ("POST", &ticket, json!({ "ticket": true })),
        ("POST", "/api/v1/audit/erasures", json!({ "subject": "a thing that was" })),
        ("PUT", "/api/v1/audit/hold", json!({ "reason": "case 7" })),
    ];
    let begun = requests.iter().map(|(method, path, body)| Begun::new(server, key, (*method, *path), body)).collect();
    std::thread::sleep(MOMENT);
    begun
}

fn a_key(admin: &Client) -> (String, String) {
    let made = admin.post("/api/v1/keys", &json!({ "name": "stolen", "permissions": ["*"] })).expect(201);
    (text(&made["id"]), text(&made["key"]))
}

fn what_was_let_in_before_a_revocation_is_not_done_after_it(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let bob = join(&server, &admin, "bob@example.org", &["observer"]);
    for round in 0..ROUNDS {
        let (id, key) = a_key(&admin);
        let begun = begin(&server, &key, &bob.path(""), round);
        admin.send("DELETE", &format!("/api/v1/keys/{id}"), &[], "").expect(204);
        for begun in begun {
            let answer = begun.end();
            assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("\"unauthenticated\""), "{answer}");
        }
        let made = admin.get(&format!("/api/v1/principals/{id}/made")).expect(200);
        assert_eq!(made["items"], json!([]), "{made}");
    }
    let honest = begin(&server, &a_key(&admin).1, &bob.path(""), ROUNDS);
    for begun in honest {
        let answer = begun.end();
        assert!(answer.starts_with("HTTP/1.1 20"), "who may still do it has it done: {answer}");
    }
}

fn nothing_comes_after_the_answer_of_a_revocation(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let made = |id: &str| {
        let listed = admin.get(&format!("/api/v1/principals/{id}/made")).expect(200);
        listed["items"].as_array().unwrap().len()
    };
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let at_once = std::thread::scope(|scope| {
        for _ in 0..8 {
            let thief = stolen.clone();
            scope.spawn(move || {
                let wanted = json!({ "name": "left", "permissions": ["agents:read"] });
                while thief.post("/api/v1/keys", &wanted).status == 201 {}
            });
        }
        std::thread::sleep(Duration::from_millis(300));
        admin.send("DELETE", &format!("/api/v1/keys/{stolen_id}"), &[], "").expect(204);
        made(&stolen_id)
    });
    assert!(at_once > 0, "keys were made until then");
    assert_eq!(made(&stolen_id), at_once, "and none afterwards");
    admin.send("DELETE", &format!("/api/v1/principals/{stolen_id}/made"), &[], "").expect(200);
    assert_eq!(made(&stolen_id), 0, "none is left");
}
