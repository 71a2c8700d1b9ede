//! Lines of the log that a caller writes.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::api::{Installation, Server};

/// What somebody would like to read in the log.
const FORGED: &str = r#"{"level":"ERROR","message":"forged","principal":"bootstrap"}"#;

fn started(installation: &Installation, format: &str) -> Server {
    installation.start_with(&["--set", &format!("telemetry.log_format={format}"), "--set", "telemetry.log=debug"])
}

/// Whatever bytes a client may send as the head of a request; the status of the answer.
fn raw(server: &Server, head: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(head).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

/// Asks in all ways in which a text could get into the log.
fn attack(server: &Server) {
    let client = server.client();
    let breaks: Vec<String> =
        ["\n", "\r\n", "\u{2028}", "\u{1b}[2K\r", "\u{85}"].map(|end| format!("x{end}{FORGED}")).into();
    for text in &breaks {
        let address = text.bytes().fold(String::new(), |address, byte| address + &format!("%{byte:02X}"));
        client.get(&format!("/api/v1/agents/{address}"));
        client.get(&format!("/{address}"));
        client.get(&format!("/api/v1/agents?model={address}"));
        client.post("/api/v1/keys", &json!({ "name": text, "permissions": [text] })).expect(422);
        client.post("/api/v1/agents", &json!({ "id": text, "model": text }));
        server.client_with(&address).get("/api/v1/whoami").problem(401, "unauthenticated");
    }
    for (name, value) in [("x-request-id", FORGED), ("user-agent", FORGED), ("x-forwarded-for", FORGED)] {
        client.send("GET", "/api/v1/whoami", &[(name, value)], "");
    }
    for target in [format!("/{FORGED}"), format!("/\"{}", FORGED.replace(' ', "")), "/\u{2028}forged".into()] {
        raw(server, format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes());
    }
    raw(server, format!("GET /x\nforged HTTP/1.1\r\nhost: x\r\nx-request-id: a\n{FORGED}\r\n\r\n").as_bytes());
}

#[test]
fn every_line_is_one_object_of_ours_whatever_was_sent() {
    let installation = Installation::sqlite();
    let server = started(&installation, "json");
    let answer = server.client().send("GET", "/api/v1/whoami", &[("x-request-id", "honest-1")], "");
    assert_eq!(answer.header("x-request-id"), Some("honest-1"));
    attack(&server);
    let (_, log) = server.stop();
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    assert!(lines.iter().any(|line| line["request_id"] == "honest-1" && line["http.status"] == 200), "{log}");
    for line in &lines {
        assert_ne!(line["message"], "forged", "{line}");
        let known = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
        assert!(line["request_id"].as_str().is_none_or(known), "{line}");
    }
}

#[test]
fn a_line_for_people_has_nothing_in_it_that_a_terminal_would_obey() {
    let installation = Installation::sqlite();
    let server = started(&installation, "human");
    attack(&server);
    let (_, log) = server.stop();
    assert!(log.contains("/api/v1/whoami"), "{log}");
    for line in log.lines() {
        assert!(line.starts_with("20") && line.contains("Z "), "a line that nobody wrote: {line:?}");
        assert!(!line.contains(['\u{1b}', '\r', '\u{2028}', '\u{85}']), "{line:?}");
    }
}
