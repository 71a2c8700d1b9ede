//! Ways out of what is served.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use crate::api::{Installation, KEY, Server};

/// The answer to a target that no client would send as it is.
fn raw(server: &Server, target: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

const UP: [&str; 9] = ["..", "%2e%2e", "%2E.", "..%2f..", "..%5c..", "%252e%252e", "..%00", "....//", "%c0%ae%c0%ae"];

#[test]
fn no_address_leads_out_of_what_is_served() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let secret = fs::read_to_string(installation.folder().join("data/sealing.key")).unwrap();
    assert!(raw(&server, "/errors/not_found").starts_with("HTTP/1.1 200 "), "honest use");
    for up in UP {
        for target in [
            format!("/errors/{up}"),
            format!("/errors/{up}/{up}/data/sealing.key"),
            format!("/errors/{up}/api/v1/whoami"),
            format!("/{up}/{up}/etc/passwd"),
            format!("/page.css/{up}/page.js"),
            format!("/api/v1/models/{up}/{up}/whoami"),
            format!("/health/{up}/api/v1/system"),
        ] {
            let answer = raw(&server, &target);
            let status = answer.split(' ').nth(1).unwrap_or_default();
            assert!(["400", "404"].contains(&status), "{target}: {answer}");
            assert!(!answer.contains("root:") && !answer.contains(secret.trim()), "{target}");
            assert!(!answer.contains("administrator"), "{target} reaches another route: {answer}");
        }
    }
}

#[test]
fn a_name_with_which_a_file_would_be_found_is_no_name() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    for name in ["..", "../../etc/passwd", "/etc/passwd", "..\\x", "file:///etc/passwd", "."] {
        let model = crate::lamp::LAMP.replace("name: lamp", &format!("name: \"{}\"", name.replace('\\', "\\\\")));
        client.post_yaml("/api/v1/models", &model).problem(422, "model_invalid");
        let agent = serde_json::json!({ "id": name, "model": "lamp" });
        client.post("/api/v1/agents", &agent).problem(422, "invalid_body");
        let agent = serde_json::json!({ "model": name });
        assert!((400..=422).contains(&client.post("/api/v1/agents", &agent).status), "{name}");
    }
}
