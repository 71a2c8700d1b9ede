//! Passwords that are meant to cost, to collide or to confuse: endless ones, NULs, letters that can be written in two ways.

use serde_json::json;

use crate::api::person::{Person, text};
use crate::api::{Installation, on_both_databases};

on_both_databases!(odd_passwords_are_one_password_or_none);

fn odd_passwords_are_one_password_or_none(installation: Installation) {
    // bcrypt is the one that a NUL confuses.
    let server = installation.start_with(&["--set", "identity.password_algorithm=bcrypt"]);
    let stranger = server.stranger();
    let password = "gr\u{fc}ner Tee am Abend";
    installation.beside().user("ann@example.org", password, "observer");
    let sign_in = |password: &str| {
        let body = json!({ "email": "ann@example.org", "password": password });
        stranger.post("/api/v1/sign-in", &body)
    };
    let first = sign_in("gru\u{308}ner Tee am Abend").expect(200);
    assert!(!text(&first, "access_token").is_empty(), "as another keyboard writes it");
    for collision in [format!("{password}\0{password}"), format!("{password}\0"), format!("\0{password}")] {
        sign_in(&collision).problem(401, "sign_in_refused");
    }
    sign_in(&format!("{password}{}", " ".repeat(100_000))).problem(401, "sign_in_refused");
    sign_in(password).expect(200);
    Person::join(&installation, &server, "bob@example.org", "observer");
}
