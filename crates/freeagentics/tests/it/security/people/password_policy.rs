//! Passwords that are tried first.

use serde_json::json;

use crate::api::people::{invitation, sign_in};
use crate::api::{Installation, on_both_databases};

on_both_databases!(a_password_that_is_tried_first_is_not_taken);

fn a_password_that_is_tried_first_is_not_taken(installation: Installation) {
    let server = installation.start();
    let invited = server.client().post("/api/v1/users", &invitation("grace.hopper@example.org", &[])).expect(201);
    let long = "kx7-qm2-zz9-".repeat(100);
    let weak = [
        "kx7-qm2",
        "qwerty123456",
        "Basketball2024!",
        "123456789012",
        "abababababababab",
        "grace.hopper1906",
        "grace.hopper@example.org",
        &long,
    ];
    for password in weak {
        let body = json!({ "ticket": invited["ticket"], "password": password });
        let told = server.stranger().post("/api/v1/tickets/accept", &body).problem(422, "password_unfit");
        assert!(told["detail"].is_string() && !told.to_string().contains(password), "{told}");
    }
    let good = "沈黙は金なり雄弁は銀という";
    let body = json!({ "ticket": invited["ticket"], "password": good });
    server.stranger().post("/api/v1/tickets/accept", &body).expect(200);
    let grace = sign_in(&server, "grace.hopper@example.org", good);
    let change = json!({ "old": good, "new": "qwerty123456" });
    grace.post("/api/v1/password", &change).problem(422, "password_unfit");
}
