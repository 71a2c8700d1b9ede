//! People over HTTP: they sign in, are recognised, and are not.

mod ending;
mod sign_in;

use serde_json::{Value, json};

use super::client::Answer;
use super::{Installation, Server, on_both_databases};

pub(crate) const EMAIL: &str = "ann@example.org";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// What a browser sends from a page of the server's own.
pub(crate) const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

/// A server on which somebody has chosen [`PASSWORD`]; their id.
pub(crate) fn with_ann(installation: &Installation) -> (Server, String) {
    with_ann_as(installation, "observer")
}

/// The same with another role.
pub(crate) fn with_ann_as(installation: &Installation, role: &str) -> (Server, String) {
    // Small keys are made quickly; limits have tests of their own.
    let settings = ["identity.signing_key_bits=2048", "limits.sign_in=", "limits.open=", "limits.unauthenticated="];
    let server = installation.start_with(&settings.map(|setting| ["--set", setting]).concat());
    let id = installation.beside().user(EMAIL, PASSWORD, role);
    (server, id)
}

/// What somebody sends who signs in.
pub(crate) fn credentials(password: &str) -> Value {
    json!({ "email": EMAIL, "password": password })
}

/// What somebody is told who has signed in.
pub(crate) fn sign_in(server: &Server) -> Value {
    server.stranger().post("/api/v1/sign-in", &credentials(PASSWORD)).expect(200)
}

/// The same for a browser, with one header of its own.
pub(crate) fn sign_in_for_cookie(server: &Server, header: (&str, &str)) -> Answer {
    let body = json!({ "email": EMAIL, "password": PASSWORD, "cookie": true }).to_string();
    let headers = [header, ("content-type", "application/json")];
    server.stranger().send("POST", "/api/v1/sign-in", &headers, &body)
}

/// The cookie as a browser sends it back.
pub(crate) fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// What a refresh token is good for.
pub(crate) fn refresh(server: &Server, token: &str) -> Answer {
    server.stranger().post("/api/v1/token/refresh", &json!({ "refresh_token": token }))
}

/// A text of an answer.
pub(crate) fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("{name}: {answer}"))
}
