//! Every route as every role, as somebody with a role of the workspace's own, and as a service account.

use super::{Access, Operation, Things, Value, join, key_of, nowhere, on_both_databases};
use crate::api::people::{PASSWORD, sign_in};
use crate::api::{Client, Installation, Server};

on_both_databases!(every_route_lets_in_exactly_the_roles_that_may_call_it);

/// What each role may: written down once more, because this is what must not change by accident. `*` is everything.
const MAY: &[(&str, &[&str])] = &[
    ("admin", &["*"]),
    ("researcher", &["models:read", "models:write", "agents:read", "agents:write", "agents:step", "system:read"]),
    ("agent_manager", &["models:read", "agents:read", "agents:write", "agents:step", "agents:delete", "system:read"]),
    ("observer", &["models:read", "agents:read", "system:read"]),
    ("curator", &["models:read", "keys:read", "users:read", "services:read"]),
];

/// A service account's key, which may what it was made for as far as the account's role does.
const SERVICE: (&str, &[&str]) = ("service account", &["models:read", "agents:read"]);

struct Caller {
    name: &'static str,
    may: &'static [&'static str],
    /// What they sign in with, if they are a person.
    email: Option<String>,
    client: Client,
}

impl Caller {
    fn all(things: &Things) -> Vec<Self> {
        let (server, admin) = (&things.server, things.server.client());
        let person = |(name, may): &(&'static str, &'static [&'static str])| {
            let email = format!("{name}@example.org");
            let client = join(server, &admin, &email, &[*name]).client;
            Self { name, may, email: Some(email), client }
        };
        let mut callers: Vec<Self> = MAY.iter().map(person).collect();
        let path = format!("/api/v1/services/{}/keys", things.service);
        let (client, _) = key_of(server, &admin, &path, &["models:read", "agents:read", "audit:read"]);
        callers.push(Self { name: SERVICE.0, may: SERVICE.1, email: None, client });
        callers
    }

    fn is_let_in(&self, access: &Access) -> bool {
        match access {
            Access::Open | Access::Authenticated => true,
            Access::Needs(permission) => self.may.iter().any(|one| one == permission || *one == "*"),
        }
    }

    /// Themselves; anew where the route may end the session that they come by.
    fn client(&self, server: &Server, operation: &Operation) -> Client {
        match &self.email {
            Some(email) if operation.access == Access::Authenticated && !operation.is_safe() => {
                sign_in(server, email, PASSWORD)
            }
            _ => self.client.clone(),
        }
    }
}

fn every_route_lets_in_exactly_the_roles_that_may_call_it(installation: Installation) {
    let things = Things::new(&installation);
    let (callers, mut operations) = (Caller::all(&things), Operation::all(&things.server));
    // What ends somebody's sessions comes last.
    operations.sort_by_key(|operation| operation.access == Access::Authenticated && !operation.is_safe());
    let (mut let_in, mut refused) = (0, 0);
    for operation in &operations {
        for caller in &callers {
            // Reading reaches something; changing does not, so that all find the same.
            let path = if operation.is_safe() { things.address(operation) } else { nowhere(operation) };
            let client = caller.client(&things.server, operation);
            let (status, code) = operation.call(&client, &path, &Value::Null);
            let told = format!("{} {path} as {}: {status} {code}", operation.method, caller.name);
            if caller.is_let_in(&operation.access) {
                assert!(status != 401 && (status, &*code) != (403, "forbidden") && status < 500, "{told}");
                let reads = operation.is_safe() && matches!(operation.access, Access::Needs(_));
                assert!(!reads || status == 200 || status == 426, "{told}");
                let_in += 1;
            } else {
                assert_eq!((status, &*code), (403, "forbidden"), "{told}");
                refused += 1;
            }
        }
    }
    println!("{} routes, {} callers: let in {let_in}, refused {refused}", operations.len(), callers.len());
    assert_eq!(let_in + refused, operations.len() * callers.len());
    let page = include_str!("../../../../../../docs/permissions.md");
    for operation in operations.iter().filter(|operation| matches!(operation.access, Access::Needs(_))) {
        let marks =
            callers.iter().take(4).map(|caller| if caller.is_let_in(&operation.access) { " yes |" } else { " – |" });
        let row = format!("| `{} {}` |{}", operation.method, operation.path, marks.collect::<String>());
        assert!(page.contains(&row), "docs/permissions.md does not say {row}");
    }
}
