//! Every route of the served document, called as everybody: each role, another workspace, and with credentials that are
//! none.

mod credentials;
mod neighbours;
mod recorded;
mod roles;

use serde_json::{Value, json};

use super::agents::{check, create, step, with_watchdog};
use super::people::{Person, invitation, join, key_of, text};
use super::permissions::ASKED;
use super::{Client, Installation, Server, on_both_databases};

/// Who may call a route.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Access {
    Open,
    Authenticated,
    Needs(String),
}

/// One operation of the served document.
#[derive(Clone, Debug)]
struct Operation {
    method: String,
    path: String,
    access: Access,
}

impl Operation {
    /// All of them, each asking for what the list that people keep says.
    fn all(server: &Server) -> Vec<Self> {
        let document = server.stranger().get("/openapi.json").expect(200);
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, about) in methods.as_object().unwrap() {
                let access = match (about["x-permission"].as_str(), about["security"].is_array()) {
                    (Some(permission), _) => Access::Needs(permission.to_owned()),
                    (None, true) => Access::Authenticated,
                    (None, false) => Access::Open,
                };
                let operation = Self { method: method.to_uppercase(), path: path.clone(), access };
                operation.compare();
                operations.push(operation);
            }
        }
        operations
    }

    /// The document must not say something else than what was written down once more.
    fn compare(&self) {
        let listed = ASKED.iter().find(|(_, method, path)| *method == self.method && *path == self.path);
        if let (Some((permission, ..)), Access::Needs(served)) = (listed, &self.access) {
            assert_eq!(permission, served, "{self:?}");
        } else {
            assert!(listed.is_none(), "{self:?} asks for nothing");
        }
    }

    fn is_safe(&self) -> bool {
        self.method == "GET"
    }

    /// Whether its answer goes on and on.
    fn is_stream(&self) -> bool {
        self.path.ends_with("/events")
    }

    fn has_place(&self) -> bool {
        self.path.contains('{')
    }

    /// Calls it; the status and, where it is a problem, its code.
    fn call(&self, client: &Client, path: &str, body: &Value) -> (u16, String) {
        if self.is_stream() {
            let (status, answer) = client.stream(path, &[]);
            // What refuses ends; what follows does not.
            let code = if status == 200 { String::new() } else { code(&std::io::read_to_string(answer).unwrap()) };
            return (status, code);
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers: &[_] = if body.is_empty() { &[] } else { &[("content-type", "application/json")] };
        let answer = client.send(&self.method, path, headers, &body);
        (answer.status, code(&answer.text))
    }
}

fn code(text: &str) -> String {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    document["code"].as_str().unwrap_or_default().to_owned()
}

/// What there is to reach: one of everything, in the default workspace.
struct Things {
    server: Server,
    person: Person,
    service: String,
    key: String,
}

impl Things {
    fn new(installation: &Installation) -> Self {
        let server = with_watchdog(installation);
        let admin = server.client();
        create(&admin, "a");
        step(&admin, "a", &check(40));
        let role = json!({ "name": "curator", "meaning": "Looks after keys.", "permissions":
            ["models:read", "keys:read", "users:read", "services:read"] });
        admin.post("/api/v1/roles", &role).expect(201);
        let person = join(&server, &admin, "somebody@example.org", &["observer"]);
        let service = admin.post("/api/v1/services", &json!({ "name": "nightly", "roles": ["observer"] })).expect(201);
        let (_, key) = key_of(&server, &admin, "/api/v1/keys", &["agents:read"]);
        Self { server, person, service: text(&service["id"]), key }
    }

    /// The address of something that is there, if this kind of thing can be reached by an address.
    fn address(&self, operation: &Operation) -> String {
        let id = match operation.path.split('/').nth(3) {
            Some("agents") => "a",
            Some("users" | "principals") => &self.person.id,
            Some("services") => &self.service,
            Some("keys") => &self.key,
            Some("workspaces") => "1",
            _ => "x",
        };
        let name = if operation.path.starts_with("/api/v1/roles") { "curator" } else { "watchdog" };
        let path = operation.path.replace("{version}", "1").replace("{step}", "1").replace("{id}", id);
        let query = match path.rsplit('/').next() {
            Some("diff") => "?from=1&to=1",
            Some("export") if path.contains("fleets") => "?label=team=a",
            _ => "",
        };
        path.replace("{name}", name).replace("{code}", "forbidden").replace("{session}", "x") + query
    }
}

/// The address of nothing.
fn nowhere(operation: &Operation) -> String {
    let id = if operation.path.contains("workspaces") { "77" } else { "nothing" };
    let path = operation.path.replace("{version}", "77").replace("{step}", "77").replace("{id}", id);
    path.replace("{name}", "nothing").replace("{code}", "nothing").replace("{session}", "nothing")
}

/// What a route takes that changes something at an address.
fn body(operation: &Operation) -> Value {
    match (&*operation.method, operation.path.strip_prefix("/api/v1").unwrap_or_default()) {
        ("PUT", "/agents/{id}/labels") => json!({ "labels": {} }),
        ("POST", "/agents/{id}/steps") => json!({ "observation": {} }),
        ("POST", "/agents/{id}/reset") => json!({}),
        ("PUT", "/users/{id}/roles") => json!({ "roles": [] }),
        ("POST", "/users/{id}/ticket") => json!({ "ticket": true }),
        ("PUT", "/roles/{name}") => json!({ "meaning": "x", "permissions": [] }),
        ("PUT", "/services/{id}") => json!({ "name": "x", "roles": [] }),
        ("POST", "/services/{id}/keys") => json!({ "name": "x", "permissions": [] }),
        ("PUT", "/workspaces/{id}") => json!({ "name": "x" }),
        ("POST", "/workspaces/{id}/users") => invitation("eve@example.org", &[]),
        _ => Value::Null,
    }
}
