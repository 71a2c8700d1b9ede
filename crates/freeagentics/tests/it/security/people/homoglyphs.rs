//! Addresses that look like others.

use crate::api::people::{accept, invitation, sign_in};
use crate::api::{Installation, on_both_databases};

on_both_databases!(an_address_that_looks_like_another_is_none_or_the_same);

fn an_address_that_looks_like_another_is_none_or_the_same(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let kate = admin.post("/api/v1/users", &invitation("kate@example.org", &["observer"])).expect(201);
    accept(&server, &kate["ticket"]).expect(200);
    for other in
        ["k\u{430}te@example.org", "\u{ff4b}ate@example.org", "ka\u{442}e@example.org", "kate@ex\u{430}mple.org"]
    {
        admin.post("/api/v1/users", &invitation(other, &[])).problem(422, "email_invalid");
    }
    for broken in ["kate\u{301}@example.org", "kate@example.org\r\nBcc: eve@example.org", "kate@example.org\u{0}"] {
        admin.post("/api/v1/users", &invitation(broken, &[])).problem(422, "email_invalid");
    }
    // The sign for Kelvin is a K: the same address, and so the same person.
    for same in ["KATE@EXAMPLE.ORG", "\u{212a}ate@example.org"] {
        admin.post("/api/v1/users", &invitation(same, &[])).problem(409, "email_taken");
        sign_in(&server, same, crate::api::people::PASSWORD);
    }
    admin.post("/api/v1/users", &invitation("анна@пример.example", &[])).expect(201);
}
