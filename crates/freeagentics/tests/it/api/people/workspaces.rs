//! Workspaces: made from the default one, closed to each other.

use serde_json::{Value, json};

use super::{PASSWORD, accept, invitation, join, key_of, on_both_databases, sign_in_to, text};
use crate::api::{Client, Installation};

on_both_databases!(
    a_workspace_is_made_once_and_opened_by_its_own_people,
    no_workspace_reaches_into_another,
    an_address_in_two_workspaces_is_two_people,
);

fn put(client: &Client, path: &str, body: &Value) -> crate::api::client::Answer {
    client.send("PUT", path, &[("content-type", "application/json")], &body.to_string())
}

fn a_workspace_is_made_once_and_opened_by_its_own_people(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let made = admin.post("/api/v1/workspaces", &json!({ "name": "acme" })).expect(201);
    admin.post("/api/v1/workspaces", &json!({ "name": "acme" })).problem(409, "workspace_exists");
    let id = made["id"].as_i64().unwrap();
    let first = server.client_with(made["administrator"]["key"].as_str().unwrap());
    assert_eq!(first.get("/api/v1/whoami").expect(200)["workspace"], id);
    let path = format!("/api/v1/workspaces/{id}");
    let invited = admin.post(&format!("{path}/users"), &invitation("ann@acme.example", &["admin"])).expect(201);
    accept(&server, &invited["ticket"]).expect(200);
    let ann = sign_in_to(&server, Some("acme"), "ann@acme.example", PASSWORD);
    assert_eq!(ann.get("/api/v1/users").expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(admin.get("/api/v1/users").expect(200)["items"], json!([]));
    assert_eq!(ann.get("/api/v1/workspaces").expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(admin.get("/api/v1/workspaces").expect(200)["items"].as_array().unwrap().len(), 2);
    assert_eq!(put(&admin, &path, &json!({ "name": "acme & sons" })).expect(200)["name"], "acme & sons");
    put(&ann, &path, &json!({ "name": "mine" })).problem(403, "default_workspace_only");
    put(&ann, "/api/v1/workspaces/1", &json!({ "name": "mine" })).problem(404, "workspace_not_found");
    ann.post("/api/v1/workspaces", &json!({ "name": "mine" })).problem(403, "default_workspace_only");
    let stolen = invitation("eve@acme.example", &["admin"]);
    ann.post("/api/v1/workspaces/1/users", &stolen).problem(404, "workspace_not_found");
    admin.post("/api/v1/workspaces/77/users", &stolen).problem(404, "workspace_not_found");
    // All permissions of another workspace are given by who has them in this one.
    let (some, _) = key_of(&server, &admin, "/api/v1/keys", &["workspaces:write"]);
    some.post("/api/v1/workspaces", &json!({ "name": "more" })).problem(403, "default_workspace_only");
}

fn an_address_in_two_workspaces_is_two_people(installation: Installation) {
    let letters = installation.folder().join("letters");
    let file = format!("mail.file={}", letters.display());
    let server = installation.start_with(&["--set", &file, "--set", "identity.ticket_pause=0s"]);
    let admin = server.client();
    let ann = join(&server, &admin, "ann@example.org", &["observer"]);
    let made = admin.post("/api/v1/workspaces", &json!({ "name": "acme" })).expect(201);
    let acme = server.client_with(made["administrator"]["key"].as_str().unwrap());
    let invited = acme.post("/api/v1/users", &invitation("ann@example.org", &["admin"])).expect(201);
    let chosen = json!({ "ticket": invited["ticket"], "password": "another horse battery" });
    server.stranger().post("/api/v1/tickets/accept", &chosen).expect(200);
    acme.post("/api/v1/users", &invitation("ann@example.org", &[])).problem(409, "email_taken");
    let second = sign_in_to(&server, Some("acme"), "ann@example.org", "another horse battery");
    let whoami = |client: &Client| client.get("/api/v1/whoami").expect(200);
    assert_eq!(whoami(&second)["workspace"], made["id"]);
    let first = sign_in_to(&server, Some("default"), "ann@example.org", PASSWORD);
    assert_eq!((whoami(&first)["id"].clone(), whoami(&first)["workspace"].clone()), (json!(ann.id), json!(1)));
    // The password of one opens nothing of the other, nor does a workspace that there is not.
    for (workspace, password) in
        [(None, "another horse battery"), (Some("acme"), PASSWORD), (Some("nowhere"), PASSWORD), (Some(""), PASSWORD)]
    {
        let wrong = json!({ "workspace": workspace, "email": "ann@example.org", "password": password });
        server.stranger().post("/api/v1/sign-in", &wrong).problem(401, "sign_in_refused");
    }
    // Whoever has forgotten one of the passwords gets a ticket for that one.
    let forgotten = json!({ "workspace": "acme", "email": "ann@example.org" });
    server.stranger().post("/api/v1/password/reset", &forgotten).expect(202);
    let is_recorded = |_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        let told = |client: &Client| client.get("/api/v1/audit?action=user.forgotten").expect(200)["items"].clone();
        assert_eq!(told(&admin), json!([]));
        told(&acme)[0]["subject"] == invited["id"]
    };
    assert!((0..200).any(is_recorded), "{forgotten}");
    let named = |_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        let written = std::fs::read_to_string(&letters).unwrap_or_default();
        written.lines().any(|line| line.contains("new_start") && line.contains("in the workspace acme"))
    };
    assert!((0..200).any(named), "who is written to learns in which workspace");
}

fn no_workspace_reaches_into_another(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let ann = join(&server, &admin, "ann@example.org", &["observer"]);
    let service = admin.post("/api/v1/services", &json!({ "name": "x", "roles": ["observer"] })).expect(201);
    let (_, key) = key_of(&server, &admin, "/api/v1/keys", &["agents:read"]);
    let role = json!({ "name": "curator", "meaning": "x", "permissions": ["models:read"] });
    admin.post("/api/v1/roles", &role).expect(201);
    let made = admin.post("/api/v1/workspaces", &json!({ "name": "acme" })).expect(201);
    let other = server.client_with(made["administrator"]["key"].as_str().unwrap());
    let empty = Value::Null;
    for path in ["/disable", "/enable"] {
        other.post(&ann.path(path), &empty).problem(404, "user_not_found");
    }
    other.post(&ann.path("/ticket"), &json!({ "ticket": true })).problem(404, "user_not_found");
    other.get(&ann.path("")).problem(404, "user_not_found");
    other.send("DELETE", &ann.path(""), &[], "").problem(404, "user_not_found");
    put(&other, &ann.path("/roles"), &json!({ "roles": [] })).problem(404, "user_not_found");
    let path = format!("/api/v1/services/{}", text(&service["id"]));
    other.get(&path).problem(404, "service_not_found");
    other.send("DELETE", &path, &[], "").problem(404, "service_not_found");
    put(&other, &path, &json!({ "name": "y", "roles": [] })).problem(404, "service_not_found");
    let wanted = json!({ "name": "y", "permissions": [] });
    other.post(&format!("{path}/keys"), &wanted).problem(404, "service_not_found");
    let owned = json!({ "name": "y", "roles": [], "owner": ann.id });
    other.post("/api/v1/services", &owned).problem(422, "owner_invalid");
    other.send("DELETE", &format!("/api/v1/keys/{key}"), &[], "").problem(404, "key_not_found");
    let body = json!({ "meaning": "y", "permissions": [] });
    put(&other, "/api/v1/roles/curator", &body).problem(404, "role_not_found");
    other.send("DELETE", "/api/v1/roles/curator", &[], "").problem(404, "role_not_found");
    other.post("/api/v1/users", &invitation("eve@example.org", &["curator"])).problem(422, "role_unknown");
    ann.client.get("/api/v1/agents").expect(200);
    assert_eq!(admin.get(&ann.path("")).expect(200)["roles"], json!(["observer"]));
}
