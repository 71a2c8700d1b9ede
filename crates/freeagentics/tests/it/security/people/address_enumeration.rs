//! Who is in another workspace.

use serde_json::{Value, json};

use crate::api::people::{PASSWORD, accept, invitation, join, sign_in_to};
use crate::api::{Installation, on_both_databases};

on_both_databases!(nobody_learns_whether_an_address_is_known_in_another_workspace);

fn nobody_learns_whether_an_address_is_known_in_another_workspace(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    for email in ["ann@example.org", "bob@example.org"] {
        join(&server, &admin, email, &["observer"]);
    }
    let made = admin.post("/api/v1/workspaces", &json!({ "name": "acme" })).expect(201);
    let acme = server.client_with(made["administrator"]["key"].as_str().unwrap());
    // Everything that differs from one to the next by chance is left out.
    let told = |body: &Value| {
        let mut answer = acme.post("/api/v1/users", body).expect(201);
        for chance in ["id", "created_at", "ticket", "ticket_expires_at", "expires_at", "email"] {
            answer[chance].take();
        }
        answer
    };
    let known = told(&invitation("ann@example.org", &["observer"]));
    assert_eq!(told(&invitation("nobody@example.org", &["observer"])), known);
    let taken_over = |email: &str| {
        let mut body = invitation(email, &["observer"]);
        body["password_hash"] = json!("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
        body.as_object_mut().unwrap().remove("ticket");
        body
    };
    assert_eq!(told(&taken_over("bob@example.org")), told(&taken_over("somebody@example.org")));
    // With an account of that address here, nobody gets into the one there, or learns that there is one.
    let invited = acme.post("/api/v1/users", &invitation("eve@example.org", &["observer"])).expect(201);
    accept(&server, &invited["ticket"]).expect(200);
    sign_in_to(&server, Some("acme"), "eve@example.org", PASSWORD);
    for (workspace, email) in
        [(None, "eve@example.org"), (Some("acme"), "ann@example.org"), (Some("nowhere"), "ann@example.org")]
    {
        let body = json!({ "workspace": workspace, "email": email, "password": PASSWORD });
        server.stranger().post("/api/v1/sign-in", &body).problem(401, "sign_in_refused");
    }
    sign_in_to(&server, None, "ann@example.org", PASSWORD);
}
