//! Every route that needs a credential, with none and with what is none.

use std::time::Duration;

use super::{Access, Operation, Things, Value, join, json, key_of, nowhere};
use crate::api::people::{Person, text};
use crate::api::{Client, Installation};

/// With its last character another one.
fn forged(text: &str) -> String {
    let (rest, last) = text.split_at(text.len() - 1);
    format!("{rest}{}", if last == "0" { "1" } else { "0" })
}

/// What lets nobody in, by what is wrong with it.
fn bad(things: &Things) -> Vec<(&'static str, Client)> {
    let (server, admin) = (&things.server, things.server.client());
    let brief = json!({ "name": "brief", "permissions": ["*"], "expires_in": 1 });
    let expired = text(&admin.post("/api/v1/keys", &brief).expect(201)["key"]);
    let every = json!({ "name": "good", "permissions": ["*"] });
    let good = text(&admin.post("/api/v1/keys", &every).expect(201)["key"]);
    let (revoked, id) = key_of(server, &admin, "/api/v1/keys", &["*"]);
    revoked.get("/api/v1/whoami").expect(200);
    admin.send("DELETE", &format!("/api/v1/keys/{id}"), &[], "").expect(204);
    let gone = |email: &str, verb: &str, method: &str| -> Client {
        let Person { id, client } = join(server, &admin, email, &["admin"]);
        client.get("/api/v1/whoami").expect(200);
        let answer = admin.send(method, &format!("/api/v1/users/{id}{verb}"), &[], "");
        assert!(answer.status < 300, "{}", answer.text);
        client
    };
    let (disabled, deleted) = (gone("d@example.org", "/disable", "POST"), gone("e@example.org", "", "DELETE"));
    std::thread::sleep(Duration::from_millis(1_100));
    let session = format!("fas_{}_{}", "0".repeat(32), "0".repeat(64));
    // `{"alg":"none"}` and the claims of an administrator.
    let unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJib290c3RyYXAiLCJ3cyI6MX0.";
    vec![
        ("no credential", server.stranger()),
        ("an empty one", server.client_with("")),
        ("an expired key", server.client_with(&expired)),
        ("a forged key", server.client_with(&forged(&good))),
        ("a key of another workspace's address", server.client_with(&good.replacen("fa_1_", "fa_2_", 1))),
        ("a revoked key", revoked),
        ("a forged session", server.client_with(&session)),
        ("an unsigned token", server.client_with(unsigned)),
        ("somebody disabled", disabled),
        ("somebody deleted", deleted),
    ]
}

#[test]
fn no_route_that_needs_a_credential_answers_without_a_good_one() {
    // It keeps the folder, from which the server opens one more connection whenever it needs one.
    let installation = Installation::sqlite();
    let things = Things::new(&installation);
    let (bad, mut calls) = (bad(&things), 0);
    let operations = Operation::all(&things.server);
    let closed: Vec<_> = operations.iter().filter(|operation| operation.access != Access::Open).collect();
    for operation in &closed {
        for (what, client) in &bad {
            for path in [things.address(operation), nowhere(operation)] {
                let told = operation.call(client, &path, &Value::Null);
                assert_eq!(told, (401, "unauthenticated".into()), "{} {path} with {what}", operation.method);
                calls += 1;
            }
        }
    }
    for operation in operations.iter().filter(|operation| operation.access == Access::Open) {
        let (status, code) = operation.call(&things.server.stranger(), &things.address(operation), &Value::Null);
        assert!(status != 401 && status != 403 && status < 500, "{operation:?}: {status} {code}");
    }
    println!("{} closed routes, {} bad credentials, {calls} refusals", closed.len(), bad.len());
    things.server.client().get("/api/v1/agents/a").expect(200);
}
