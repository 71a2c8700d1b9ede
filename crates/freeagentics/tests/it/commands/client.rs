//! What the commands that talk to a server do when it says no, is busy, or is not there.
//!
//! A real server cannot be made busy, broken or strange at will, so these answers are scripted; everything else is tested
//! against the real one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::thread::JoinHandle;

use super::{Said, file, finished, folder, freeagentics, program};

/// Answers one request after the other as told, and remembers what was asked.
pub(super) struct Scripted {
    address: String,
    asked: JoinHandle<Vec<String>>,
}

impl Scripted {
    pub(super) fn answering(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
        let asked = std::thread::spawn(move || {
            answers.iter().map(|answer| converse(&mut listener.accept().unwrap().0, answer)).collect()
        });
        Self { address, asked }
    }

    /// Runs the program against it.
    pub(super) fn asked_by(self, arguments: &[&str]) -> (Said, Vec<String>) {
        let mut command = program(arguments);
        command.env("FREEAGENTICS_KEY", "fa_1_test").env("FREEAGENTICS_URL", &self.address);
        let said = finished(command.stdin(std::process::Stdio::null()).output().unwrap());
        (said, self.asked.join().unwrap())
    }
}

/// Reads a request, head and body, and answers it.
fn converse(stream: &mut TcpStream, answer: &str) -> String {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut request = String::new();
    while reader.read_line(&mut request).unwrap() > 2 {}
    let length = request.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    stream.write_all(answer.as_bytes()).unwrap();
    request + &String::from_utf8(body).unwrap()
}

/// A whole answer.
pub(super) fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}")
}

const BUSY: &str =
    r#"{"status":503,"code":"overloaded","title":"The server has more requests than it can answer now"}"#;

#[test]
fn without_a_key_it_says_where_to_put_one() {
    let said = freeagentics(&["agents", "list", "--output", "json"]);
    assert_eq!((said.code, said.error()["code"].as_str()), (2, Some("no_key")));
    assert!(said.error()["mend"].as_str().unwrap().contains("FREEAGENTICS_KEY"));
}

#[test]
fn a_key_file_that_everybody_can_read_is_not_used() {
    let key = file("public.key", "fa_1_secret\n");
    std::fs::set_permissions(folder().join(&key), std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = freeagentics(&["agents", "list", "--key-file", &key, "--output", "json"]);
    assert_eq!((said.code, said.error()["code"].as_str()), (2, Some("public_key_file")));
    assert!(said.error()["mend"].as_str().unwrap().starts_with("chmod 600 public.key"));
    assert!(!said.err.contains("fa_1_secret"));
}

#[test]
fn a_server_that_is_not_there_is_told_from_one_that_says_no() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = format!("http://{free}");
    let output = program(&["agents", "list", "--output", "json", "--server", &server])
        .env("FREEAGENTICS_KEY", "fa_1_test")
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(6), "{told}");
    assert!(told.contains("\"unreachable\"") && told.contains("freeagentics serve"), "{told}");
}

#[test]
fn a_refusal_is_told_with_the_servers_own_code_detail_and_mend() {
    let body = r#"{"type":"/errors/agent_not_found","title":"No such agent","status":404,"code":"agent_not_found",
        "detail":"there is no agent `a`","mend":"list them","request_id":"r1"}"#;
    let refused = answer("404 Not Found", "content-type: application/problem+json\r\n", body);
    let (said, _) = Scripted::answering(&[&refused]).asked_by(&["agents", "get", "a"]);
    assert_eq!((said.code, said.err.as_str()), (5, "error: there is no agent `a`\n mend: list them\n"));
    let (said, _) = Scripted::answering(&[&refused]).asked_by(&["agents", "get", "a", "--output", "json"]);
    let told = said.error();
    let names = ["code", "message", "mend", "request_id"];
    assert_eq!(
        names.map(|name| told[name].as_str().unwrap()),
        ["agent_not_found", "there is no agent `a`", "list them", "r1"]
    );
    assert_eq!(told["status"], 404);
}

#[test]
fn a_refusal_without_a_mend_gets_that_of_its_code() {
    let refused = |code: &str| {
        let body = format!(r#"{{"title":"No","status":404,"code":"{code}"}}"#);
        answer("404 Not Found", "content-type: application/problem+json\r\n", &body)
    };
    let mend = |code: &str| {
        let (said, _) = Scripted::answering(&[&refused(code)]).asked_by(&["agents", "get", "a", "--output", "json"]);
        said.error()["mend"].as_str().unwrap().to_owned()
    };
    assert!(mend("role_unknown").starts_with("Roles are named as they are listed"), "{}", mend("role_unknown"));
    assert!(mend("of_a_later_version").ends_with("/errors/of_a_later_version says what to do"));
}

#[test]
fn a_busy_server_is_asked_again_where_that_does_nothing_twice() {
    let busy = answer("503 Service Unavailable", "retry-after: 0\r\n", BUSY);
    let done = answer("200 OK", "", r#"{"agent":"a","step":7,"action":{"action":"probe"}}"#);
    let (said, asked) =
        Scripted::answering(&[&busy, &busy, &done]).asked_by(&["steps", "a", "--observe", "check=5000"]);
    assert_eq!((said.code, said.out.as_str()), (0, "a  step 7  →  probe\n"), "{}", said.err);
    let key = |request: &String| request.lines().find(|line| line.starts_with("idempotency-key: ")).unwrap().to_owned();
    assert_eq!(asked.len(), 3);
    assert_eq!(key(&asked[0]), key(&asked[2]), "another try is the same request");
}

#[test]
fn what_could_be_done_twice_is_asked_once() {
    let busy = answer("503 Service Unavailable", "retry-after: 0\r\n", BUSY);
    let (said, asked) = Scripted::answering(&[&busy]).asked_by(&["agents", "create", "a", "--model", "watchdog"]);
    assert_eq!((said.code, asked.len()), (5, 1), "{}", said.err);
}

#[test]
fn another_program_at_the_address_is_not_taken_for_the_server() {
    for page in [answer("200 OK", "", "<html>welcome</html>"), answer("404 Not Found", "", "<html>nothing</html>")] {
        let (said, _) = Scripted::answering(&[&page]).asked_by(&["agents", "get", "a", "--output", "json"]);
        assert_eq!((said.code, said.error()["code"].as_str()), (6, Some("strange_answer")));
    }
}

#[test]
fn an_address_that_needs_more_than_this_client_can_is_refused_before_the_key_is_sent() {
    let said = freeagentics(&["models", "list", "--server", "ftp://example.org", "--output", "json"]);
    assert_eq!((said.code, said.error()["code"].as_str()), (2, Some("bad_server")));
}
