//! The last administrator, against themselves.

use serde_json::{Value, json};

use super::put;
use crate::api::people::{join, key_of};
use crate::api::{Installation, on_both_databases};

on_both_databases!(the_last_administrator_does_not_lock_everybody_out);

fn the_last_administrator_does_not_lock_everybody_out(installation: Installation) {
    let server = installation.start();
    let boss = join(&server, &server.client(), "boss@example.org", &["admin"]);
    let (own, _) = key_of(&server, &boss.client, "/api/v1/keys", &["*"]);
    boss.client.send("DELETE", "/api/v1/keys/bootstrap", &[], "").expect(204);
    for client in [&boss.client, &own] {
        client.post(&boss.path("/disable"), &Value::Null).problem(409, "last_administrator");
        client.send("DELETE", &boss.path(""), &[], "").problem(409, "last_administrator");
        put(client, &boss.path("/roles"), &json!({ "roles": ["observer"] })).problem(409, "last_administrator");
    }
    let second = join(&server, &boss.client, "second@example.org", &["admin"]);
    boss.client.post(&boss.path("/disable"), &Value::Null).expect(200);
    second.client.get("/api/v1/users").expect(200);
}
