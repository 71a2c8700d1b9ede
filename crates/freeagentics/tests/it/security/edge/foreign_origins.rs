//! Pages of other sites.

use crate::api::{Installation, Server};

const OURS: &str = "https://console.example";

/// Which origin is told that it may, when asked beforehand and when asked outright.
fn allowed(server: &Server, origin: &str) -> [Option<String>; 2] {
    let client = server.client();
    let header = |answer: crate::api::client::Answer| answer.header("access-control-allow-origin").map(str::to_owned);
    let asked = [("origin", origin), ("access-control-request-method", "POST")];
    [
        header(client.send("OPTIONS", "/api/v1/models", &asked, "")),
        header(client.send("GET", "/api/v1/models", &[("origin", origin)], "")),
    ]
}

#[test]
fn only_pages_of_the_list_may_read_what_is_answered() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", &format!("http.cors_origins={OURS}")]);
    assert_eq!(allowed(&server, OURS), [Some(OURS.to_owned()), Some(OURS.to_owned())]);
    for foreign in [
        "https://evil.example",
        "null",
        "http://console.example",
        "https://console.example.evil.example",
        "https://evil-console.example",
        "https://console.example:8443",
        "https://CONSOLE.example",
        "https://console.example/",
        "https://sub.console.example",
        "file://",
    ] {
        assert_eq!(allowed(&server, foreign), [None, None], "{foreign}");
    }
    let answer = server.client().send("GET", "/api/v1/models", &[("origin", OURS)], "");
    assert_eq!(answer.header("access-control-allow-credentials"), None, "cookies are for our own pages");
    assert!(answer.header("vary").unwrap().contains("origin"), "no cache gives it to another page");
}

#[test]
fn without_a_list_no_foreign_page_may() {
    let installation = Installation::sqlite();
    let server = installation.start();
    assert_eq!(allowed(&server, OURS), [None, None]);
}
