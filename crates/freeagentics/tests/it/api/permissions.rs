//! Every route asks for the one permission that its page says, and for no other.

use std::collections::BTreeSet;

use axiomcore::identity::Permissions;
use serde_json::Value;

use super::Installation;
use super::beside::only;

/// Routes and what they ask for: written down once more, because this is what must not change by accident.
pub(super) const ASKED: &[(&str, &str, &str)] = &[
    ("models:write", "POST", "/api/v1/models"),
    ("models:read", "GET", "/api/v1/models"),
    ("models:read", "POST", "/api/v1/models/validate"),
    ("models:read", "GET", "/api/v1/models/{name}"),
    ("models:read", "GET", "/api/v1/models/{name}/versions"),
    ("models:read", "GET", "/api/v1/models/{name}/versions/{version}"),
    ("models:read", "GET", "/api/v1/models/{name}/diff"),
    ("agents:write", "POST", "/api/v1/agents"),
    ("agents:read", "GET", "/api/v1/agents"),
    ("agents:write", "POST", "/api/v1/agents/batch"),
    ("agents:read", "GET", "/api/v1/agents/{id}"),
    ("agents:delete", "DELETE", "/api/v1/agents/{id}"),
    ("agents:write", "PUT", "/api/v1/agents/{id}/labels"),
    ("agents:write", "POST", "/api/v1/agents/{id}/reset"),
    ("agents:step", "POST", "/api/v1/agents/{id}/steps"),
    ("agents:step", "POST", "/api/v1/steps"),
    ("agents:read", "GET", "/api/v1/agents/{id}/decisions"),
    ("agents:read", "GET", "/api/v1/agents/{id}/decisions/{step}"),
    ("agents:step", "POST", "/api/v1/fleets/step"),
    ("agents:write", "POST", "/api/v1/fleets/reset"),
    ("agents:read", "GET", "/api/v1/fleets/export"),
    ("agents:write", "POST", "/api/v1/import"),
    ("agents:read", "GET", "/api/v1/agents/{id}/events"),
    ("agents:read", "GET", "/api/v1/events"),
    ("agents:read", "GET", "/api/v1/ws"),
    ("keys:read", "GET", "/api/v1/keys"),
    ("keys:write", "POST", "/api/v1/keys"),
    ("keys:write", "DELETE", "/api/v1/keys/{id}"),
    ("keys:read", "GET", "/api/v1/principals/{id}/made"),
    ("keys:write", "DELETE", "/api/v1/principals/{id}/made"),
    ("signing_keys:write", "POST", "/api/v1/signing-keys/rotate"),
    ("users:read", "GET", "/api/v1/users"),
    ("users:write", "POST", "/api/v1/users"),
    ("users:read", "GET", "/api/v1/users/{id}"),
    ("users:write", "DELETE", "/api/v1/users/{id}"),
    ("users:write", "PUT", "/api/v1/users/{id}/roles"),
    ("users:write", "POST", "/api/v1/users/{id}/disable"),
    ("users:write", "POST", "/api/v1/users/{id}/enable"),
    ("users:write", "POST", "/api/v1/users/{id}/ticket"),
    ("sessions:read", "GET", "/api/v1/users/{id}/sessions"),
    ("sessions:end", "DELETE", "/api/v1/users/{id}/sessions"),
    ("sessions:end", "DELETE", "/api/v1/users/{id}/sessions/{session}"),
    ("factors:reset", "POST", "/api/v1/users/{id}/factors/reset"),
    ("users:read", "GET", "/api/v1/roles"),
    ("roles:write", "POST", "/api/v1/roles"),
    ("roles:write", "PUT", "/api/v1/roles/{name}"),
    ("roles:write", "DELETE", "/api/v1/roles/{name}"),
    ("services:read", "GET", "/api/v1/services"),
    ("services:write", "POST", "/api/v1/services"),
    ("services:read", "GET", "/api/v1/services/{id}"),
    ("services:write", "PUT", "/api/v1/services/{id}"),
    ("services:write", "DELETE", "/api/v1/services/{id}"),
    ("services:write", "POST", "/api/v1/services/{id}/keys"),
    ("workspaces:read", "GET", "/api/v1/workspaces"),
    ("workspaces:write", "POST", "/api/v1/workspaces"),
    ("workspaces:write", "PUT", "/api/v1/workspaces/{id}"),
    ("workspaces:write", "POST", "/api/v1/workspaces/{id}/users"),
    ("audit:read", "GET", "/api/v1/audit"),
    ("audit:read", "GET", "/api/v1/audit/export"),
    ("audit:erase", "POST", "/api/v1/audit/erasures"),
    ("audit:read", "GET", "/api/v1/audit/hold"),
    ("audit:hold", "PUT", "/api/v1/audit/hold"),
    ("audit:hold", "DELETE", "/api/v1/audit/hold"),
    ("backups:read", "GET", "/api/v1/backups"),
    ("backups:write", "POST", "/api/v1/backups"),
    ("system:read", "GET", "/api/v1/system"),
];

/// Answers whoever has any key.
const AUTHENTICATED: &[&str] = &[
    "GET /api/v1/whoami",
    "GET /api/v1/sessions",
    "DELETE /api/v1/sessions",
    "DELETE /api/v1/sessions/{id}",
    "POST /api/v1/sign-out",
    "POST /api/v1/password",
    "GET /api/v1/factors",
    "POST /api/v1/factors/app",
    "POST /api/v1/factors/app/confirm",
    "POST /api/v1/factors/app/remove",
    "GET /api/v1/factors/passkeys",
    "POST /api/v1/factors/passkeys",
    "POST /api/v1/factors/passkeys/options",
    "POST /api/v1/factors/passkeys/challenge",
    "POST /api/v1/factors/passkeys/{id}/remove",
    "POST /api/v1/factors/recovery-codes",
    "GET /api/v1/devices",
    "DELETE /api/v1/devices/{id}",
];

/// Answers everybody: how one comes by a credential.
const OPEN: &[&str] = &[
    "POST /api/v1/sign-in",
    "POST /api/v1/sign-in/factor",
    "POST /api/v1/sign-in/passkey/options",
    "POST /api/v1/sign-in/passkey",
    "POST /api/v1/token/refresh",
    "POST /api/v1/tickets/accept",
    "POST /api/v1/password/reset",
];

#[test]
fn a_key_does_what_it_was_given_for_and_nothing_else() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let beside = installation.beside();
    let all: BTreeSet<&str> = ASKED.iter().map(|(permission, ..)| *permission).collect();
    for permission in &all {
        let having = server.client_with(&beside.key(1, only(&[*permission])).0);
        let others: Vec<&str> = all.iter().copied().filter(|other| other != permission).collect();
        let lacking = server.client_with(&beside.key(1, only(&others)).0);
        for (_, method, path) in ASKED.iter().filter(|(asked, ..)| asked == permission) {
            let path = path.replace("{version}", "1").replace("{step}", "1").replace("{session}", "x");
            let path = path.replace("{id}", "x").replace("{name}", "x");
            let refused = lacking.send(method, &path, &[], "").problem(403, "forbidden");
            assert_eq!(refused["permission"], *permission, "{method} {path}");
            // A stream would not end; it has its tests.
            if !path.ends_with("/events") {
                assert_ne!(having.send(method, &path, &[], "").status, 403, "{method} {path}");
            }
        }
    }
    let anybody = server.client_with(&beside.key(1, Permissions::Only(BTreeSet::new())).0);
    anybody.get("/api/v1/whoami").expect(200);
}

#[test]
fn no_route_is_forgotten_here() {
    let document: Value = serde_json::from_str(include_str!("../../../../../docs/openapi.json")).unwrap();
    let mut routes = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/api/")) {
        let methods = methods.as_object().unwrap().keys();
        routes.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let known = ASKED.iter().map(|(_, method, path)| format!("{method} {path}"));
    let others = AUTHENTICATED.iter().chain(OPEN).map(|route| (*route).to_owned());
    assert_eq!(routes, known.chain(others).collect());
}
