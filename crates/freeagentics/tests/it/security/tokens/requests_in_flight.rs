//! Requests that were on their way when their sender was thrown out.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::people::put;
use crate::api::begun::Begun;
use crate::api::people::{invitation, join, key_of, text};
use crate::api::sessions::{OURS, PASSWORD, cookie, credentials, sign_in_for_cookie, with_ann_as};
use crate::api::{Client, Installation, Server, on_both_databases};

on_both_databases!(
    what_was_let_in_before_a_revocation_is_not_done_after_it,
    what_a_session_has_begun_ends_with_it_by_cookie_and_by_token,
    nothing_comes_after_the_answer_of_a_revocation
);

/// Until a request whose headers are sent has been let in; far less than it takes until its body is late.
const MOMENT: Duration = Duration::from_millis(100);

/// A busy machine may take so long to revoke that bodies are late, which is another category's; not each time.
const ROUNDS: usize = 4;

/// By a credential, as lines of a head.
fn begin(server: &Server, credential: &str, user: &str, round: usize) -> Vec<Begun> {
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
    let begin = |(method, path, body): &(&str, &str, Value)| Begun::with(server, credential, (*method, *path), body);
    let begun = requests.iter().map(begin).collect();
    std::thread::sleep(MOMENT);
    begun
}

fn bearer(text: &str) -> String {
    format!("authorization: Bearer {text}")
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
        let begun = begin(&server, &bearer(&key), &bob.path(""), round);
        admin.send("DELETE", &format!("/api/v1/keys/{id}"), &[], "").expect(204);
        for begun in begun {
            let answer = begun.end();
            assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("\"unauthenticated\""), "{answer}");
        }
        let made = admin.get(&format!("/api/v1/principals/{id}/made")).expect(200);
        assert_eq!(made["items"], json!([]), "{made}");
    }
    let honest = begin(&server, &bearer(&a_key(&admin).1), &bob.path(""), ROUNDS);
    for begun in honest {
        let answer = begun.end();
        assert!(answer.starts_with("HTTP/1.1 20"), "who may still do it has it done: {answer}");
    }
}

/// Takes away what somebody may, in a way, and gives it back afterwards.
fn take_away(admin: &Client, ann: &str, how: &str) {
    let roles = |roles: Value| put(admin, &format!("{ann}/roles"), &json!({ "roles": roles })).expect(200);
    match how {
        "ended" => drop(admin.send("DELETE", &format!("{ann}/sessions"), &[], "").expect(204)),
        "disabled" => drop(admin.post(&format!("{ann}/disable"), &Value::Null).expect(200)),
        "demoted" => drop(roles(json!(["observer"]))),
        _ => {
            admin.post(&format!("{ann}/enable"), &Value::Null).expect(200);
            roles(json!(["admin"]));
        }
    }
}

fn what_a_session_has_begun_ends_with_it_by_cookie_and_by_token(installation: Installation) {
    let (server, id) = with_ann_as(&installation, "admin");
    let (admin, ann) = (server.client(), format!("/api/v1/users/{id}"));
    let bob = join(&server, &admin, "bob@example.org", &["observer"]);
    let by_cookie = || {
        let (name, value) = OURS;
        format!("cookie: {}\r\n{name}: {value}", cookie(&sign_in_for_cookie(&server, OURS)))
    };
    let by_token = || {
        let signed_in = server.stranger().post("/api/v1/sign-in", &credentials(PASSWORD)).expect(200);
        bearer(&text(&signed_in["access_token"]))
    };
    for (round, how) in ["ended", "disabled", "demoted"].into_iter().enumerate() {
        for credential in [by_cookie(), by_token()] {
            let begun = begin(&server, &credential, &bob.path(""), round);
            take_away(&admin, &ann, how);
            for begun in begun {
                let (answer, status) = (begun.end(), if how == "demoted" { "403" } else { "401" });
                assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{how}: {answer}");
            }
            let made = admin.get(&format!("/api/v1/principals/{id}/made")).expect(200);
            assert_eq!(made["items"], json!([]), "{how}: {made}");
            take_away(&admin, &ann, "nothing any more");
        }
    }
    for begun in begin(&server, &by_cookie(), &bob.path(""), ROUNDS) {
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
