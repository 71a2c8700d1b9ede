//! People over HTTP: they sign in, are recognised, and are not.

mod cookies;
mod sign_in;

use serde_json::{Value, json};

use super::{Client, Installation, Server, on_both_databases};

const EMAIL: &str = "ann@example.org";
const PASSWORD: &str = "correct horse battery";

/// A server on which somebody has chosen [`PASSWORD`]; their id.
fn with_ann(installation: &Installation) -> (Server, String) {
    let server = installation.start();
    let id = installation.beside().user(EMAIL, PASSWORD, "observer");
    (server, id)
}

/// What somebody sends who signs in.
fn credentials(password: &str) -> Value {
    json!({ "email": EMAIL, "password": password })
}

/// What somebody is told who has signed in.
fn sign_in(server: &Server) -> Value {
    server.stranger().post("/api/v1/sign-in", &credentials(PASSWORD)).expect(200)
}

/// A text of an answer.
fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("{name}: {answer}"))
}

/// Somebody with an access token.
fn bearer(server: &Server, token: &str) -> Client {
    server.client_with(token)
}
