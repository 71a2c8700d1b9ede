//! Tickets for somebody who may more.

use serde_json::{Value, json};

use super::helper;
use crate::api::people::join;
use crate::api::{Installation, on_both_databases};

on_both_databases!(nobody_takes_over_an_account_that_may_more);

fn nobody_takes_over_an_account_that_may_more(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let boss = join(&server, &admin, "boss@example.org", &["admin"]);
    let ann = join(&server, &admin, "ann@example.org", &["observer"]);
    let helper = helper(&server).client;
    let asked = json!({ "ticket": true });
    helper.post(&ann.path("/ticket"), &asked).expect(200);
    helper.post(&boss.path("/ticket"), &asked).problem(403, "grants_too_much");
    helper.post(&boss.path("/disable"), &Value::Null).problem(403, "grants_too_much");
    helper.send("DELETE", &boss.path(""), &[], "").problem(403, "grants_too_much");
    boss.client.get("/api/v1/audit").expect(200);
    drop(server);
    let server = installation.start_with(&["--set", "identity.tickets_in_answers=false"]);
    server.client().post(&ann.path("/ticket"), &asked).problem(403, "tickets_are_mailed");
}
