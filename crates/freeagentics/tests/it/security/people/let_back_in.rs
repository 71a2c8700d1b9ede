//! Accounts that had been there before, of which a thief makes use.

use serde_json::{Value, json};

use super::put;
use crate::api::people::{Person, join, key_of, sign_in, text};
use crate::api::{Client, Installation, Server, on_both_databases};

on_both_databases!(who_is_let_in_again_is_put_out_again, an_account_that_was_taken_over_is_found);

const CHOSEN: &str = "quiet lanterns over marsh 4471";

/// The kinds and ids of what was made.
fn made(client: &Client, by: &str) -> Vec<(String, String)> {
    let items = client.get(&format!("/api/v1/principals/{by}/made")).expect(200)["items"].clone();
    items.as_array().unwrap().iter().map(|item| (text(&item["kind"]), text(&item["id"]))).collect()
}

fn is(kind: &str, id: &str) -> (String, String) {
    (kind.to_owned(), id.to_owned())
}

fn end(admin: &Client, by: &str) {
    admin.send("DELETE", &format!("/api/v1/keys/{by}"), &[], "").expect(204);
    admin.send("DELETE", &format!("/api/v1/principals/{by}/made"), &[], "").expect(200);
}

fn account(server: &Server, person: &Client) -> Client {
    let account = text(&person.post("/api/v1/services", &json!({ "name": "x", "roles": ["admin"] })).expect(201)["id"]);
    key_of(server, person, &format!("/api/v1/services/{account}/keys"), &["*"]).0
}

fn who_is_let_in_again_is_put_out_again(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let gone = join(&server, &admin, "gone@example.org", &["admin"]);
    let before = account(&server, &gone.client);
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    admin.post(&gone.path("/disable"), &Value::Null).expect(200);
    // Whoever is there is not let in by being enabled once more.
    let there = join(&server, &admin, "there@example.org", &["observer"]);
    stolen.post(&there.path("/enable"), &Value::Null).expect(200);
    stolen.post(&gone.path("/enable"), &Value::Null).expect(200);
    let again = sign_in(&server, "gone@example.org", crate::api::people::PASSWORD);
    let (_, left_id) = key_of(&server, &again, "/api/v1/keys", &["*"]);
    assert_eq!(made(&admin, &stolen_id), [is("user", &gone.id), is("key", &left_id)]);
    end(&admin, &stolen_id);
    again.get("/api/v1/whoami").problem(401, "unauthenticated");
    before.get("/api/v1/whoami").expect(200);
    there.client.get("/api/v1/whoami").expect(200);
    // Who is let in by somebody else from then on is let in by them.
    admin.post(&gone.path("/enable"), &Value::Null).expect(200);
    assert_eq!(made(&admin, &stolen_id), []);
}

fn take_over(server: &Server, thief: &Client, victim: &Person, email: &str) -> Client {
    let ticket = thief.post(&victim.path("/ticket"), &json!({ "ticket": true })).expect(200)["ticket"].clone();
    let chosen = json!({ "ticket": ticket, "password": CHOSEN });
    server.stranger().post("/api/v1/tickets/accept", &chosen).expect(200);
    sign_in(server, email, CHOSEN)
}

fn an_account_that_was_taken_over_is_found(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let victim = join(&server, &admin, "victim@example.org", &["admin"]);
    let other = join(&server, &admin, "other@example.org", &["observer"]);
    put(&victim.client, &other.path("/roles"), &json!({ "roles": ["observer", "researcher"] })).expect(200);
    let (stolen, stolen_id) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let thief = take_over(&server, &stolen, &victim, "victim@example.org");
    let left = account(&server, &thief);
    let kinds: Vec<String> = made(&admin, &stolen_id).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["user", "service", "key"], "the role that its owner gave before is theirs");
    // Its owner has it back by now: the rest is the thief's all the same.
    let owner = take_over(&server, &admin, &victim, "victim@example.org");
    thief.get("/api/v1/whoami").problem(401, "unauthenticated");
    end(&admin, &stolen_id);
    left.get("/api/v1/whoami").problem(401, "unauthenticated");
    owner.get("/api/v1/whoami").expect(200);
    assert_eq!(other.client.get("/api/v1/whoami").expect(200)["id"], other.id, "{}", other.id);
}
