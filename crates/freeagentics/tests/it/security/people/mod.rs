//! Who may do what: roles, workspaces, invitations, service accounts.

mod address_enumeration;
mod borrowed_accounts;
mod escalation_by_expiring_key;
mod escalation_by_key;
mod escalation_by_role;
mod escalation_by_role_edit;
mod escalation_by_service_account;
mod escalation_by_ticket;
mod function_authorisation;
mod homoglyphs;
mod last_administrator_race;
mod left_behind;
mod let_back_in;
mod mass_assignment;
mod object_authorisation;
mod password_policy;
mod predictable_ids;
mod reset_enumeration;
mod script_in_names;
mod self_disable;
mod ticket_race;
mod workspace_crossing;

use serde_json::{Value, json};

use crate::api::people::{Person, join};
use crate::api::{Client, Server};

/// Sends JSON in the place of something.
pub(super) fn put(client: &Client, path: &str, body: &Value) -> crate::api::people::Answer {
    client.send("PUT", path, &[("content-type", "application/json")], &body.to_string())
}

/// Somebody who may invite, make roles, keys and service accounts, and little besides.
fn helper(server: &Server) -> Person {
    let admin = server.client();
    let role = json!({ "name": "helper", "meaning": "Helps out.", "permissions": [
        "users:read", "users:write", "roles:write", "keys:read", "keys:write", "services:read", "services:write",
        "models:read", "agents:read", "system:read",
    ] });
    admin.post("/api/v1/roles", &role).expect(201);
    join(server, &admin, "helper@example.org", &["helper"])
}
