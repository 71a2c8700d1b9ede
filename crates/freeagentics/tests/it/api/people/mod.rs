//! People, roles, service accounts and workspaces over HTTP.

mod keys;
mod letters;
mod lineage;
mod made;
mod roles;
mod sessions;
mod users;
mod workspaces;

use serde_json::{Value, json};

use super::{Client, Installation, Server, on_both_databases};

pub(crate) use super::client::Answer;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody who has signed in.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) client: Client,
}

impl Person {
    /// Where they are.
    pub(crate) fn path(&self, then: &str) -> String {
        format!("/api/v1/users/{}{then}", self.id)
    }
}

/// Invites somebody, who chooses [`PASSWORD`] and signs in.
pub(crate) fn join(server: &Server, admin: &Client, email: &str, roles: &[&str]) -> Person {
    let invited = admin.post("/api/v1/users", &invitation(email, roles)).expect(201);
    accept(server, &invited["ticket"]).expect(200);
    Person { id: text(&invited["id"]), client: sign_in(server, email, PASSWORD) }
}

pub(crate) fn invitation(email: &str, roles: &[&str]) -> Value {
    json!({ "email": email, "name": "Somebody", "roles": roles, "ticket": true })
}

pub(crate) fn accept(server: &Server, ticket: &Value) -> Answer {
    server.stranger().post("/api/v1/tickets/accept", &json!({ "ticket": ticket, "password": PASSWORD }))
}

pub(crate) fn sign_in(server: &Server, email: &str, password: &str) -> Client {
    sign_in_to(server, None, email, password)
}

/// The same into the workspace of that name.
pub(crate) fn sign_in_to(server: &Server, workspace: Option<&str>, email: &str, password: &str) -> Client {
    let credentials = json!({ "workspace": workspace, "email": email, "password": password });
    let answer = server.stranger().post("/api/v1/sign-in", &credentials).expect(200);
    server.client_with(answer["access_token"].as_str().unwrap())
}

/// A client that has a key of these permissions, and the key's id.
pub(crate) fn key_of(server: &Server, maker: &Client, path: &str, permissions: &[&str]) -> (Client, String) {
    let made = maker.post(path, &json!({ "name": "a program", "permissions": permissions })).expect(201);
    (server.client_with(made["key"].as_str().unwrap()), text(&made["id"]))
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

/// What is on record about a subject, by the names of the actions, in order.
fn recorded(installation: &Installation, subject: &str) -> Vec<String> {
    let both = |columns| format!("SELECT {columns} FROM audit_entries WHERE subject = '{subject}'");
    let sql = format!(
        "SELECT action FROM ({} UNION ALL SELECT at, 9, id, action FROM outbox WHERE subject = '{subject}') AS told \
         ORDER BY at, first, seq",
        both("at, 1 AS first, seq, action")
    );
    installation.beside().rows(&sql).iter_mut().map(|row| row.text(0).unwrap()).collect()
}
