//! Sessions in a browser's cookie, and pages of other sites that would like to use them.

use serde_json::{Value, json};

use super::super::Server;
use super::super::client::Answer;
use super::{EMAIL, Installation, PASSWORD, bearer, with_ann};

/// What a browser sends from a page of the server's own.
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");
const FOREIGN: (&str, &str) = ("sec-fetch-site", "cross-site");

fn sign_in_for_cookie(server: &Server, header: (&str, &str)) -> Answer {
    let body = json!({ "email": EMAIL, "password": PASSWORD, "cookie": true }).to_string();
    let headers = [header, ("content-type", "application/json")];
    server.stranger().send("POST", "/api/v1/sign-in", &headers, &body)
}

/// The cookie as a browser sends it back.
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").unwrap();
    set.split(';').next().unwrap().to_owned()
}

#[test]
fn a_cookie_goes_back_to_this_host_alone_over_tls_and_no_script_reads_it() {
    let installation = Installation::sqlite();
    let (server, ann) = with_ann(&installation);
    let answer = sign_in_for_cookie(&server, OURS);
    let document = answer.expect(200);
    assert!(document.get("access_token").is_none(), "a script would have it: {document}");
    let set = answer.header("set-cookie").unwrap();
    let (pair, attributes) = set.split_once("; ").unwrap();
    assert!(pair.starts_with("__Host-fa_session="), "{pair}");
    assert_eq!(attributes, "Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Strict");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let whoami = server.stranger().send("GET", "/api/v1/whoami", &[("cookie", &cookie(&answer))], "").expect(200);
    assert_eq!(whoami["id"], Value::from(ann));
}

#[test]
fn a_page_of_another_site_does_nothing_with_somebody_elses_cookie() {
    let installation = Installation::sqlite();
    let server = installation.start();
    installation.beside().user(EMAIL, PASSWORD, "admin");
    let cookie = cookie(&sign_in_for_cookie(&server, OURS));
    let make = |headers: &[(&str, &str)]| {
        let body = json!({ "name": "mine", "permissions": ["*"] }).to_string();
        let both = [("cookie", cookie.as_str()), ("content-type", "application/json")];
        let headers: Vec<(&str, &str)> = both.into_iter().chain(headers.iter().copied()).collect();
        server.stranger().send("POST", "/api/v1/keys", &headers, &body)
    };
    let own = format!("http://{}", server.address());
    make(&[OURS]).expect(201);
    make(&[("origin", &own)]).expect(201);
    for headers in [&[][..], &[FOREIGN], &[("origin", "https://evil.example")], &[OURS, ("origin", "null")]] {
        make(headers).problem(403, "cross_site_request");
    }
    server
        .stranger()
        .send("GET", "/api/v1/keys", &[("cookie", &cookie), FOREIGN], "")
        .problem(403, "cross_site_request");
    sign_in_for_cookie(&server, FOREIGN).problem(403, "cross_site_request");
}

#[test]
fn a_key_is_no_cookie_and_a_wrong_header_is_not_made_up_for_by_a_right_cookie() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann(&installation);
    let key = format!("__Host-fa_session={}", super::super::KEY);
    server.stranger().send("GET", "/api/v1/whoami", &[("cookie", &key)], "").problem(401, "unauthenticated");
    let cookie = cookie(&sign_in_for_cookie(&server, OURS));
    let both = bearer(&server, "wrong").send("GET", "/api/v1/whoami", &[("cookie", &cookie)], "");
    both.problem(401, "unauthenticated");
    let twice = format!("{cookie}; {cookie}");
    server.stranger().send("GET", "/api/v1/whoami", &[("cookie", &twice)], "").problem(401, "unauthenticated");
}
