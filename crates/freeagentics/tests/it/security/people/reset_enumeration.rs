//! Answers to who says that they have forgotten a password.

use serde_json::{Value, json};

use crate::api::Installation;
use crate::api::people::{invitation, join};

#[test]
fn the_answer_does_not_tell_who_has_an_account() {
    let installation = Installation::sqlite();
    let letters = installation.folder().join("letters");
    let file = format!("mail.file={}", letters.display());
    let server = installation.start_with(&["--set", &file, "--set", "identity.ticket_pause=0s"]);
    let admin = server.client();
    join(&server, &admin, "ann@example.org", &["observer"]);
    let gone = join(&server, &admin, "gone@example.org", &["observer"]);
    admin.post(&gone.path("/disable"), &Value::Null).expect(200);
    admin.post("/api/v1/users", &invitation("new@example.org", &[])).expect(201);
    let ask = |email: &str| {
        let answer = server.stranger().post("/api/v1/password/reset", &json!({ "email": email }));
        let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        headers.sort_unstable();
        (answer.status, answer.text, headers)
    };
    let known = ask("ann@example.org");
    assert_eq!(known.0, 202);
    for email in ["nobody@example.org", "gone@example.org", "new@example.org", "no address", ""] {
        assert_eq!(ask(email), known, "{email}");
    }
    let asked = |text: &str| text.lines().filter(|line| line.contains("new_start")).count();
    for _ in 0..200 {
        let written = std::fs::read_to_string(&letters).unwrap_or_default();
        if asked(&written) == 2 {
            assert!(
                !written.contains("nobody@")
                    && !written.lines().any(|l| l.contains("new_start") && l.contains("gone@"))
            );
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("whoever has an account gets a letter");
}

#[test]
fn nothing_is_looked_up_before_the_answer_which_can_therefore_take_no_longer_for_anybody() {
    let mut installation = Installation::postgres();
    let file = format!("mail.file={}", installation.folder().join("letters").display());
    let server = installation.start_with(&["--set", &file]);
    join(&server, &server.client(), "ann@example.org", &["observer"]);
    installation.database_server().unwrap().kill();
    for email in ["ann@example.org", "nobody@example.org", "no address"] {
        let answer = server.stranger().post("/api/v1/password/reset", &json!({ "email": email }));
        assert_eq!((answer.status, answer.text.as_str()), (202, ""), "{email}: without a database");
    }
}
