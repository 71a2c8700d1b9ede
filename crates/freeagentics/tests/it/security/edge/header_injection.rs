//! Lines of somebody's own in headers.

use serde_json::json;

use crate::api::Installation;
use crate::lamp::LAMP;
use crate::security::edge::raw;

#[test]
fn what_could_break_out_of_a_header_is_not_taken_over() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    let id = |theirs: &str| {
        let answer = client.send("GET", "/api/v1/whoami", &[("x-request-id", theirs)], "");
        answer.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(id("order-66"), "order-66");
    for theirs in ["a%0d%0aset-cookie: x=y", "a b", "a\"b", "a;b", "<script>", &"a".repeat(65)] {
        assert_ne!(id(theirs), theirs);
    }
    for (target, header) in [
        ("/health/live", "x-request-id: a\rset-cookie: x=y"),
        ("/health/live", "x-request-id: a\nset-cookie: x=y"),
        ("/%0d%0aset-cookie:%20x=y", "x-a: b"),
        ("/errors/%0d%0aset-cookie:%20x=y", "x-a: b"),
    ] {
        let told = raw(&server, &format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\n\r\n"));
        assert!(!told.to_ascii_lowercase().contains("\r\nset-cookie"), "{target} {header:?}: {told}");
    }
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    for name in ["a\r\nset-cookie: x=y", "a\nb", "a\0b"] {
        let made = client.post("/api/v1/agents", &json!({ "id": name, "model": "lamp" }));
        made.problem(422, "invalid_body");
        assert!(made.header("location").is_none() && made.header("set-cookie").is_none());
    }
}
