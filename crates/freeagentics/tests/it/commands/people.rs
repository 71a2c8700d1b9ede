//! `freeagentics users`, `keys`, `roles`, `services`, `workspaces` and `signing-keys` with a real server.

use serde_json::Value;

use super::{Said, asked};
use crate::api::people::{PASSWORD, join, sign_in};
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
    assert!(without.error()["mend"].as_str().unwrap().contains("--ticket"), "{}", without.err);
    let line = done(&server, &["users", "roles", &id, "agent_manager", "researcher"]);
    assert_eq!(line, format!("{id}  ann@example.org  active, agent_manager, researcher\n"));
    assert_eq!(told(&server, &["users", "disable", "Ann@example.org"])["status"], "disabled");
    assert_eq!(told(&server, &["users", "enable", "ann@example.org"])["status"], "active");
    assert!(told(&server, &["users", "ticket", "ann@example.org", "--ticket"])["ticket"].is_string());
    let listed = done(&server, &["users", "list"]);
    assert!(listed.contains("agent_manager, researcher  active"), "{listed}");
    let somebody = join(&server, &server.client(), "bea@example.org", &["observer"]);
    let service = told(&server, &["services", "create", "nightly", "--owner", "ann@example.org"]);
    assert_eq!(service["owner"], id);
    done(&server, &["users", "delete", "ann@example.org", "--reassign-to", "bea@example.org"]);
    assert!(done(&server, &["services", "list"]).contains(&somebody.id));
    done(&server, &["services", "delete", service["id"].as_str().unwrap()]);
    let unknown = asked(&server, &["users", "disable", "ann@example.org", "--output", "json"]);
    assert_eq!((unknown.code, unknown.error()["code"].as_str()), (5, Some("user_not_found")));
    done(&server, &["users", "delete", &somebody.id]);
    assert_eq!(done(&server, &["users", "list"]).split(';').next(), Some("nobody"));
    let gone = asked(&server, &["users", "delete", &id, "--output", "json"]);
    assert_eq!((gone.code, gone.error()["code"].as_str()), (5, Some("user_not_found")));
}

#[test]
fn who_is_handed_a_ticket_is_handed_a_link_that_leads_to_where_people_reach_the_server() {
    let invite = ["users", "invite", "ann@example.org", "--role", "observer", "--ticket"];
    let link = |server: &Server| {
        let told = told(server, &invite);
        let (link, ticket) = (told["link"].as_str().unwrap(), told["ticket"].as_str().unwrap());
        link.strip_suffix(&format!("/#ticket={ticket}")).unwrap_or_else(|| panic!("{told}")).to_owned()
    };
    let server = Installation::sqlite().start();
    assert_eq!(link(&server), format!("http://{}", server.address()), "as far as its command knows");
    let mailed = done(&server, &["users", "ticket", "ann@example.org", "--ticket"]);
    let [link_line, ticket_line] = ["  link    ", "  ticket  "]
        .map(|label| mailed.lines().find_map(|line| line.strip_prefix(label)).unwrap_or_else(|| panic!("{mailed}")));
    assert!(link_line.ends_with(ticket_line) && mailed.contains("freeagentics account accept"), "{mailed}");
    let known = Installation::sqlite().start_with(&["--set", "mail.public_url=http://agents.example.org"]);
    assert_eq!(link(&known), "http://agents.example.org");
    let body = serde_json::json!({ "email": "bea@example.org", "name": "Bea", "roles": [], "ticket": true });
    let invited = known.client().post("/api/v1/users", &body).expect(201);
    assert!(invited["link"].as_str().unwrap().starts_with("http://agents.example.org/#ticket=ticket_"), "{invited}");
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
    let twice: Vec<Value> =
        (0..2).map(|_| told(&server, &["keys", "create", "two", "--permission", "agents:read"])).collect();
    let unclear = asked(&server, &["keys", "revoke", "two", "--output", "json"]);
    assert_eq!((unclear.code, unclear.error()["code"].as_str()), (5, Some("ambiguous")));
    assert_eq!(told(&server, &["keys", "revoke", twice[0]["id"].as_str().unwrap()])["id"], twice[0]["id"]);
    assert_eq!(told(&server, &["keys", "revoke", "two"])["id"], twice[1]["id"], "the one that still works");
    let none = asked(&server, &["keys", "revoke", "two", "--output", "json"]);
    assert_eq!((none.code, none.error()["code"].as_str()), (5, Some("key_not_found")));
    assert_eq!(done(&server, &["keys", "revoke", "reader"]), "reader works no more\n");
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

#[test]
fn somebody_is_seen_where_they_are_signed_in_and_signed_out() {
    let server = Installation::sqlite().start();
    let ann = join(&server, &server.client(), "ann@example.org", &["observer"]);
    let second = sign_in(&server, "ann@example.org", PASSWORD);
    let own = second.get("/api/v1/whoami").expect(200)["session"].as_str().unwrap().to_owned();
    let listed = done(&server, &["users", "sessions", "ann@example.org"]);
    assert!(listed.lines().count() == 3 && listed.contains(&own) && listed.contains("127.0.0.1"), "{listed}");
    let ended = done(&server, &["users", "sign-out", &ann.id, "--session", &own]);
    assert_eq!(ended, format!("session {own} has ended\n"));
    second.get("/api/v1/whoami").problem(401, "unauthenticated");
    ann.client.get("/api/v1/whoami").expect(200);
    assert_eq!(told(&server, &["users", "sign-out", &ann.id])["ended"], true);
    ann.client.get("/api/v1/whoami").problem(401, "unauthenticated");
    assert_eq!(done(&server, &["users", "sessions", &ann.id]), format!("{} is signed in nowhere\n", ann.id));
    let gone = asked(&server, &["users", "sign-out", "nobody", "--output", "json"]);
    assert_eq!((gone.code, gone.error()["code"].as_str()), (5, Some("user_not_found")));
}

#[test]
fn service_accounts_are_made_opened_changed_and_deleted() {
    let server = Installation::sqlite().start();
    let id = told(&server, &["services", "create", "nightly", "--role", "observer"])["id"].as_str().unwrap().to_owned();
    let key = told(&server, &["keys", "create", "night", "--permission", "agents:read", "--service", "nightly"]);
    done(&server, &["keys", "create", "another", "--permission", "agents:read"]);
    let program = server.client_with(key["key"].as_str().unwrap());
    program.get("/api/v1/agents").expect(200);
    let keys = told(&server, &["keys", "list", "--service", "nightly"]);
    assert_eq!((keys["keys"].as_array().unwrap().len(), &keys["keys"][0]["id"]), (1, &key["id"]), "its own");
    let listed = done(&server, &["services", "list"]);
    assert!(listed.contains("nightly") && listed.contains("observer"), "{listed}");
    let unknown = asked(&server, &["services", "delete", "daily", "--output", "json"]);
    assert_eq!((unknown.code, unknown.error()["code"].as_str()), (5, Some("service_not_found")));
    let line = done(&server, &["services", "update", "nightly", "weekly"]);
    assert_eq!(line, format!("{id}  weekly, no roles\n"));
    program.get("/api/v1/agents").problem(403, "forbidden");
    assert_eq!(done(&server, &["services", "delete", &id]), format!("{id} is gone, and its keys work no more\n"));
    program.get("/api/v1/agents").problem(401, "unauthenticated");
    assert!(done(&server, &["services", "list"]).starts_with("none;"));
}

#[test]
fn workspaces_are_made_renamed_and_opened() {
    let server = Installation::sqlite().start();
    let said = done(&server, &["workspaces", "create", "neighbours"]);
    assert!(said.starts_with("workspace 2 is neighbours\n"), "{said}");
    let key = said.lines().find_map(|line| line.trim().strip_prefix("key  ")).unwrap();
    assert_eq!(server.client_with(key).get("/api/v1/whoami").expect(200)["workspace"], 2);
    assert_eq!(done(&server, &["workspaces", "rename", "neighbours", "friends"]), "workspace 2 is friends\n");
    let said = done(&server, &["workspaces", "invite", "2", "eve@example.org", "--role", "observer", "--ticket"]);
    assert!(said.starts_with("eve@example.org is invited, with observer") && said.contains("ticket_"), "{said}");
    assert_eq!(server.client_with(key).get("/api/v1/users").expect(200)["items"][0]["email"], "eve@example.org");
    let listed = done(&server, &["workspaces", "list"]);
    assert!(listed.contains("default") && listed.contains("friends"), "{listed}");
}

#[test]
fn the_key_that_tokens_are_signed_with_is_replaced() {
    let server = Installation::sqlite().start_with(&["--set", "identity.signing_key_bits=2048"]);
    let ann = join(&server, &server.client(), "ann@example.org", &["observer"]);
    let said = done(&server, &["signing-keys", "rotate"]);
    assert!(said.contains("until then it is only published"), "{said}");
    ann.client.get("/api/v1/whoami").expect(200);
    let rotated = told(&server, &["signing-keys", "rotate", "--at-once"]);
    ann.client.get("/api/v1/whoami").problem(401, "unauthenticated");
    let published = server.stranger().get("/.well-known/jwks.json").expect(200);
    assert_eq!((published["keys"].as_array().unwrap().len(), &published["keys"][0]["kid"]), (1, &rotated["id"]));
}
