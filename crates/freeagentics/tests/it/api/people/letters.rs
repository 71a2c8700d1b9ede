//! Tickets by mail: posted to a hook, signed, tried again; and never told to whoever asks.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use ring::hmac;
use serde_json::{Value, json};

use super::{PASSWORD, Person, accept, invitation, on_both_databases, recorded, sign_in};
use crate::api::{Installation, Server};

const SECRET: &str = "the hook's secret";

/// A hook that answers these statuses, then 200, and keeps what was posted.
struct Hook {
    address: String,
    posted: Receiver<(Vec<String>, String)>,
}

impl Hook {
    fn answering(statuses: &'static [u16]) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").unwrap(), statuses)
    }

    fn at(listener: TcpListener, statuses: &'static [u16]) -> Self {
        let address = format!("http://{}/letters", listener.local_addr().unwrap());
        let (sender, posted) = channel();
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let status = statuses.get(number).copied().unwrap_or(200);
                if sender.send(take(stream.unwrap(), status)).is_err() {
                    return;
                }
            }
        });
        Self { address, posted }
    }

    fn server(&self, installation: &Installation, more: &[&str]) -> Server {
        let secret = installation.secret("hook-secret", SECRET).display().to_string();
        let (url, secret) = (format!("mail.hook_url={}", self.address), format!("mail.hook_secret_file={secret}"));
        let fixed = ["--set", &url, "--set", &secret, "--set", "mail.public_url=http://agents.example.org"];
        installation.start_with(&[&fixed[..], more].concat())
    }

    /// The next letter: its headers and what it says.
    fn next(&self) -> (Vec<String>, String) {
        self.posted.recv_timeout(Duration::from_secs(20)).expect("a letter")
    }

    fn is_idle(&self) -> bool {
        self.posted.recv_timeout(Duration::from_millis(700)).is_err()
    }
}

fn take(stream: TcpStream, status: u16) -> (Vec<String>, String) {
    let mut reader = BufReader::new(stream);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        headers.push(line.trim().to_ascii_lowercase());
    }
    let length = header(&headers, "content-length").parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    reader.get_mut().write_all(answer.as_bytes()).unwrap();
    (headers, String::from_utf8(body).unwrap())
}

fn header<'h>(headers: &'h [String], name: &str) -> &'h str {
    headers.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_else(|| panic!("{headers:?}"))
}

fn letter(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}

/// The ticket in the letter's link.
fn ticket(letter: &Value) -> Value {
    let link = letter["link"].as_str().unwrap();
    json!(link.strip_prefix("http://agents.example.org/#ticket=").unwrap_or_else(|| panic!("{link}")))
}

#[test]
fn an_invitation_is_mailed_signed_and_tried_again_until_the_hook_takes_it() {
    let (installation, hook) = (Installation::sqlite(), Hook::answering(&[500]));
    let server = hook.server(&installation, &[]);
    let mut body = invitation("ann@example.org", &["observer"]);
    body["ticket"] = json!(false);
    let told = server.client().post("/api/v1/users", &body).expect(201);
    assert_eq!((&told["ticket"], &told["mailed"]), (&Value::Null, &json!(true)));
    let (first, again) = (hook.next(), hook.next());
    assert_eq!(first.1, again.1);
    assert_eq!(
        header(&first.0, "x-webhook-id"),
        header(&again.0, "x-webhook-id"),
        "it is one letter to whoever gets it"
    );
    let (headers, body) = again;
    let signed = format!("{}.{}.{body}", header(&headers, "x-webhook-id"), header(&headers, "x-webhook-timestamp"));
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let told = axiomcore::hex::decode(header(&headers, "x-webhook-signature").strip_prefix("sha256=").unwrap());
    hmac::verify(&key, signed.as_bytes(), &told.unwrap()).unwrap();
    let letter = letter(&body);
    assert_eq!((&letter["to"], &letter["kind"]), (&json!("ann@example.org"), &json!("invitation")));
    accept(&server, &ticket(&letter)).expect(200);
    let metrics = server.metrics().get("/metrics").text;
    for (outcome, count) in [("again", 1), ("sent", 1)] {
        let line = format!("mail_letters_total{{kind=\"invitation\",outcome=\"{outcome}\"}} {count}");
        assert!(metrics.contains(&line), "{line}: {metrics}");
    }
    let (_, log) = server.stop();
    assert!(!log.contains("ticket_") && log.contains("was not sent"), "{log}");
}

#[test]
fn the_hooks_secret_is_changed_while_letters_are_sent_and_each_is_signed_with_one_that_it_knows() {
    let (installation, hook) = (Installation::sqlite(), Hook::answering(&[]));
    let server = hook.server(&installation, &[]);
    // Which of them have signed the next letter.
    let signed_with = |email: &str, secrets: &[&str]| {
        invited(&server, email);
        let (headers, body) = hook.next();
        let over = format!("{}.{}.{body}", header(&headers, "x-webhook-id"), header(&headers, "x-webhook-timestamp"));
        let told = header(&headers, "x-webhook-signature")
            .split(", ")
            .map(|one| axiomcore::hex::decode(one.strip_prefix("sha256=").unwrap()).unwrap());
        let told: Vec<Vec<u8>> = told.collect();
        assert_eq!(told.len(), secrets.len(), "{headers:?}");
        secrets.iter().zip(&told).all(|(secret, told)| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            hmac::verify(&key, over.as_bytes(), told).is_ok()
        })
    };
    assert!(signed_with("a@example.org", &[SECRET]));
    installation.secret("hook-secret", &format!("another one\n{SECRET}\n"));
    assert!(signed_with("b@example.org", &["another one", SECRET]), "who knows only the old one takes it as well");
    installation.secret("hook-secret", "another one\n");
    assert!(signed_with("c@example.org", &["another one"]));
    // Between two secrets there is none for a moment, and the letter waits rather than go with one that was withdrawn.
    installation.secret("hook-secret", "");
    invited(&server, "d@example.org");
    assert!(hook.is_idle());
    installation.secret("hook-secret", "a third one");
    assert_eq!(letter(&hook.next().1)["to"], "d@example.org");
}

#[test]
fn who_has_forgotten_their_password_gets_a_letter_and_whoever_asks_learns_nothing() {
    let (installation, hook) = (Installation::sqlite(), Hook::answering(&[]));
    let server = hook.server(&installation, &["--set", "identity.ticket_pause=2s"]);
    let id = installation.beside().user("ann@example.org", PASSWORD, "observer");
    let ann = Person { id, client: sign_in(&server, "ann@example.org", PASSWORD) };
    let forgotten = |email: &str| {
        let answer = server.stranger().post("/api/v1/password/reset", &json!({ "email": email }));
        assert_eq!((answer.status, answer.text.as_str()), (202, ""), "{email}");
    };
    for email in ["nobody@example.org", "no address", "ANN@example.org", "ann@example.org"] {
        forgotten(email);
    }
    let letter = letter(&hook.next().1);
    assert_eq!((&letter["to"], &letter["kind"]), (&json!("ann@example.org"), &json!("new_start")));
    assert!(hook.is_idle(), "one letter, however often somebody asks");
    ann.client.get("/api/v1/agents").expect(200);
    std::thread::sleep(Duration::from_secs(2));
    forgotten("ann@example.org");
    let newer = self::letter(&hook.next().1);
    accept(&server, &ticket(&letter)).problem(422, "ticket_invalid");
    accept(&server, &ticket(&newer)).expect(200);
    ann.client.get("/api/v1/agents").problem(401, "unauthenticated");
    server.client().post(&ann.path("/disable"), &Value::Null).expect(200);
    std::thread::sleep(Duration::from_secs(2));
    forgotten("ann@example.org");
    assert!(hook.is_idle(), "who is disabled gets none");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn a_hook_that_never_answers_holds_nobody_up() {
    let installation = Installation::sqlite();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mail.hook_url=http://{}", silent.local_addr().unwrap());
    let server = installation.start_with(&["--set", &url, "--set", "mail.waiting=2"]);
    let begun = Instant::now();
    let mailed = (0..6).map(|number| {
        let mut body = invitation(&format!("p{number}@example.org"), &[]);
        body["ticket"] = json!(false);
        server.client().post("/api/v1/users", &body).expect(201)["mailed"].as_bool().unwrap()
    });
    let mailed: Vec<bool> = mailed.collect();
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    assert!(mailed[0] && !mailed[5], "more than may wait are not promised: {mailed:?}");
}

#[test]
fn without_mail_a_ticket_is_in_the_answer_where_the_operators_allow_it() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let mut body = invitation("ann@example.org", &[]);
    body["ticket"] = json!(false);
    server.client().post("/api/v1/users", &body).problem(409, "no_mail");
    server.stranger().post("/api/v1/password/reset", &json!({ "email": "x@y.example" })).problem(409, "no_mail");
    drop(server);
    let server = installation.start_with(&["--set", "identity.tickets_in_answers=false"]);
    body["ticket"] = json!(true);
    server.client().post("/api/v1/users", &body).problem(403, "tickets_are_mailed");
    assert_eq!(server.client().get("/api/v1/users").expect(200)["items"], json!([]), "nobody was invited");
}

/// Invites somebody by mail; their id.
fn invited(server: &Server, email: &str) -> String {
    let mut body = invitation(email, &["observer"]);
    body["ticket"] = json!(false);
    let told = server.client().post("/api/v1/users", &body).expect(201);
    assert_eq!(told["mailed"], json!(true));
    told["id"].as_str().unwrap().to_owned()
}

/// A hook that nobody answers at, until it is opened.
fn closed_hook() -> (String, std::net::SocketAddr) {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    (format!("mail.hook_url=http://{address}/letters"), address)
}

#[test]
fn a_letter_outlives_a_server_that_is_killed() {
    let installation = Installation::sqlite();
    let (url, address) = closed_hook();
    let server = installation.start_with(&["--set", &url, "--set", "mail.public_url=http://agents.example.org"]);
    invited(&server, "ann@example.org");
    server.signal("KILL");
    drop(server);
    // Neither who steals the file nor who reads a copy of it can take up the ticket.
    let mut rows = installation.beside().rows("SELECT sealed FROM letters");
    let sealed = rows[0].bytes(0).unwrap();
    assert!(!sealed.windows(7).any(|window| window == b"ticket_"));
    let hook = Hook::at(TcpListener::bind(address).unwrap(), &[]);
    let server = installation.start_with(&["--set", &url, "--set", "mail.public_url=http://agents.example.org"]);
    let letter = letter(&hook.next().1);
    accept(&server, &ticket(&letter)).expect(200);
    assert!(hook.is_idle(), "and no other");
}

on_both_databases!(a_letter_that_nobody_takes_is_given_up_and_that_is_on_record);

fn a_letter_that_nobody_takes_is_given_up_and_that_is_on_record(installation: Installation) {
    let (url, _) = closed_hook();
    let server = installation.start_with(&["--set", &url, "--set", "mail.attempts=2"]);
    let ann = invited(&server, "ann@example.org");
    let given_up = || recorded(&installation, &ann).contains(&"letter.give_up".to_owned());
    for _ in 0..400 {
        if given_up() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(given_up(), "after two tries");
    let metrics = server.metrics().get("/metrics").text;
    for line in [
        "mail_letters_total{kind=\"invitation\",outcome=\"again\"} 1",
        "mail_letters_total{kind=\"invitation\",outcome=\"failed\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert!(installation.beside().rows("SELECT id FROM letters").is_empty());
}

#[test]
fn of_two_servers_one_sends_a_letter_and_a_ticket_that_is_replaced_takes_its_letter_along() {
    let installation = Installation::postgres();
    let (url, address) = closed_hook();
    let settings = ["--set", &url, "--set", "mail.public_url=http://agents.example.org"];
    let server = installation.start_with(&settings);
    let elsewhere = Installation::beside_server(&installation);
    let other = elsewhere.start_with(&settings);
    let ann = invited(&server, "ann@example.org");
    invited(&other, "bob@example.org");
    let again = server.client().post(&format!("/api/v1/users/{ann}/ticket"), &json!({ "ticket": false })).expect(200);
    assert_eq!(again["mailed"], json!(true));
    let hook = Hook::at(TcpListener::bind(address).unwrap(), &[]);
    let mut letters: Vec<Value> = (0..2).map(|_| letter(&hook.next().1)).collect();
    letters.sort_by_key(|letter| letter["to"].as_str().unwrap().to_owned());
    let told: Vec<_> = letters.iter().map(|letter| (letter["to"].as_str(), letter["kind"].as_str())).collect();
    assert_eq!(told, [(Some("ann@example.org"), Some("new_start")), (Some("bob@example.org"), Some("invitation"))]);
    assert!(hook.is_idle(), "each once");
    accept(&server, &ticket(&letters[0])).expect(200);
}
