//! `freeagentics users`, `keys` and `roles` with a real server.

use serde_json::Value;

use super::{Said, asked};
use crate::api::{Installation, Server};

/// What a command said as JSON, which has to be one value.
fn told(server: &Server, arguments: &[&str]) -> Value {
    let said = asked(server, &[arguments, &["--output", "json"]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    said.json().remove(0)
}

fn done(server: &Server, arguments: &[&str]) -> String {
    let Said { out, err, code } = asked(server, arguments);
    assert_eq!((code, err.as_str()), (0, ""), "{arguments:?}");
    out
}

#[test]
fn people_are_invited_listed_changed_and_deleted() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let said = done(&server, &["users", "invite", "ann@example.org", "--role", "observer", "--ticket"]);
    assert!(said.starts_with("ann@example.org is invited, with observer (u"), "{said}");
    let ticket = said.lines().find_map(|line| line.trim().strip_prefix("ticket  ")).unwrap().to_owned();
    let accept = serde_json::json!({ "ticket": ticket, "password": "correct horse battery" });
    let id = server.stranger().post("/api/v1/tickets/accept", &accept).expect(200)["id"].as_str().unwrap().to_owned();
    let without = asked(&server, &["users", "invite", "bob@example.org", "--output", "json"]);
    assert_eq!((without.code, without.error()["code"].as_str()), (5, Some("no_mail")));
    let line = done(&server, &["users", "roles", &id, "agent_manager", "researcher"]);
    assert_eq!(line, format!("{id}  ann@example.org  active, agent_manager, researcher\n"));
    assert_eq!(told(&server, &["users", "disable", &id])["status"], "disabled");
    assert_eq!(told(&server, &["users", "enable", &id])["status"], "active");
    assert!(told(&server, &["users", "ticket", &id, "--ticket"])["ticket"].is_string());
    let listed = done(&server, &["users", "list"]);
    assert!(listed.contains("agent_manager, researcher  active"), "{listed}");
    done(&server, &["users", "delete", &id]);
    assert_eq!(done(&server, &["users", "list"]).split(';').next(), Some("nobody"));
    let gone = asked(&server, &["users", "delete", &id, "--output", "json"]);
    assert_eq!((gone.code, gone.error()["code"].as_str()), (5, Some("user_not_found")));
}

#[test]
fn keys_are_made_listed_and_revoked() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let said = done(&server, &["keys", "create", "reader", "--permission", "agents:read"]);
    let text = said.lines().find_map(|line| line.trim().strip_prefix("key  ")).unwrap().to_owned();
    server.client_with(&text).get("/api/v1/agents").expect(200);
    let listed = told(&server, &["keys", "list"]);
    let key = listed["keys"].as_array().unwrap().iter().find(|key| key["name"] == "reader").unwrap();
    let id = key["id"].as_str().unwrap();
    assert_eq!(done(&server, &["keys", "revoke", id]), format!("{id} works no more\n"));
    server.client_with(&text).get("/api/v1/agents").problem(401, "unauthenticated");
    assert!(!done(&server, &["keys", "list"]).contains(id) && done(&server, &["keys", "list", "--all"]).contains(id));
}

#[test]
fn roles_are_made_listed_changed_and_deleted() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let create = ["roles", "create", "curator", "--meaning", "Looks after models.", "--permission", "models:read"];
    assert_eq!(done(&server, &create), "curator is there\n");
    let changed = told(&server, &["roles", "update", "curator", "--meaning", "x", "--permission", "agents:read"]);
    assert_eq!(changed["permissions"], serde_json::json!(["agents:read"]));
    assert!(done(&server, &["roles", "list"]).contains("curator        x"), "{}", done(&server, &["roles", "list"]));
    assert_eq!(done(&server, &["roles", "delete", "curator"]), "curator is gone\n");
}
